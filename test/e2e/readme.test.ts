import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { firebreak, newMachine, RUNBOOKS } from './firebreak.js'

const README = readFileSync(fileURLToPath(new URL('../../README.md', import.meta.url)), 'utf8')

/** Bodies of the fenced blocks of that language, from the top. */
const blocks = (language: string): readonly string[] =>
  [...README.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, 'gm'))].map(([, body = '']) => body)

type Shown = { readonly command: string; readonly lines: readonly string[] }

/** What is typed after each `$`, and what the page shows below it; a line of `…` stands for any lines. */
const transcripts: readonly Shown[] = blocks('console').flatMap(block =>
  block
    .split(/^\$ /m)
    .slice(1)
    .map(part => {
      const [command = '', ...lines] = part.trimEnd().split('\n')
      return { command, lines }
    }),
)

/** Words as a shell would split them, quotes taken off. */
const wordsOf = (command: string): string[] =>
  [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain = '']) => quoted ?? plain)

/** A machine as the page supposes it: the shipped runbooks, and the one that it has written down. */
const machineOfReadme = () => {
  const machine = newMachine()
  cpSync(RUNBOOKS, path.join(machine.cwd, 'runbooks'), { recursive: true })
  const own = blocks('yaml').find(block => block.startsWith('runbook: look-twice'))
  writeFileSync(path.join(machine.cwd, 'runbooks', 'look-twice.yaml'), own ?? '')
  return machine
}

/** The lines of the page that are not in the output, in their order. */
const missingFrom = (output: string, lines: readonly string[]): readonly string[] => {
  const left = output.split('\n').map(line => line.trimEnd())
  return lines.filter(line => {
    if (line === '…') return false
    const at = left.indexOf(line.trimEnd())
    left.splice(0, at + 1)
    return at === -1
  })
}

describe('what the README shows', () => {
  it('is what these commands print, one after the other', async () => {
    const machine = machineOfReadme()
    expect(transcripts.length).toBeGreaterThan(8)
    for (const { command, lines } of transcripts) {
      const [program, ...args] = wordsOf(command)
      expect(program).toBe('firebreak')
      const { code, stdout, stderr } = await firebreak(machine, args)
      expect(code, `${command}\n${stderr}`).toBe(0)
      expect(missingFrom(stdout, lines), command).toEqual([])
    }
  })

  it('is said of a mistake that is one', async () => {
    const machine = machineOfReadme()
    const file = path.join(machine.cwd, 'runbooks', 'look-twice.yaml')
    writeFileSync(file, readFileSync(file, 'utf8').replace('survey.worst', 'survey.worts'))
    const { code, stdout } = await firebreak(machine, ['lint', 'runbooks/look-twice.yaml'])
    expect(code).toBe(1)
    const shown = blocks('text').find(block => block.includes('worts'))
    expect(missingFrom(stdout, (shown ?? 'nothing').trimEnd().split('\n'))).toEqual([])
  })
})
