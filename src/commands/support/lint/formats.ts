import { PassThrough } from 'node:stream'
import { fenced } from '../../../domain/markdown.js'
import { parseRunbook } from '../../../runbook/load.js'
import { catalogue } from '../catalogue.js'
import type { Io } from '../io.js'
import { FORMATS, type Format, REPORTS } from './report.js'

/** A runbook with one mistake: `worts` is no field of what the check gives back. */
const MISTAKEN = `runbook: look-twice
title: Is any proxy hot?
steps:
  - id: survey
    check: proxy.connections
    with: { cluster: us-east-c1 }
    on_failure: continue
    on_inconclusive: continue
  - id: page
    when: has(steps.survey)
    manual: The worst is \${{ steps.survey.worts }}
  - id: open
    end: unresolved
`
const FILE = 'runbooks/look-twice.yaml'

const WORDS: { readonly [F in Format]: string } = {
  text: 'For people: the excerpt, and what would be right. Colours only at a terminal, and never where `NO_COLOR` is set.',
  json: 'For programs. Places are counted from 1, columns in UTF-16 code units.',
  sarif: 'SARIF 2.1.0, for code scanning.',
  github: 'Workflow commands: GitHub puts each finding beside its line in a pull request.',
}
const LANGUAGE: { readonly [F in Format]: string } = {
  text: 'text',
  json: 'json',
  sarif: 'json',
  github: 'text',
}

/** Each format of `lint` with what it really prints for one runbook, in Markdown. */
export const formatReference = async (): Promise<string> => {
  const { diagnostics: findings } = parseRunbook(MISTAKEN, `/${FILE}`, catalogue)
  const parts = ['## Formats of findings', `This runbook, in \`${FILE}\`:`, fenced(MISTAKEN, 'yaml')]
  for (const format of FORMATS) {
    const out = new PassThrough()
    // A report writes to `out`, and looks at the folder and at the colours; the streams of a process have more to them.
    const io = { out, env: { NO_COLOR: '1' }, cwd: '/' } as unknown as Io
    await REPORTS[format](io, { files: 1, findings, sources: new Map([[`/${FILE}`, MISTAKEN]]) })
    parts.push(`### \`--format ${format}\``, WORDS[format], fenced(String(out.read()), LANGUAGE[format]))
  }
  return parts.map(part => `${part}\n`).join('\n')
}
