import { execFileSync } from 'node:child_process'
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { formatDiagnostic } from '../../src/source/format-diagnostic.js'
import { loadYaml } from '../../src/source/load-yaml.js'
import { LARGEST_FILE_BYTES, readSource } from '../../src/source/read.js'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'firebreak-read-'))
})
afterAll(() => rm(folder, { recursive: true }))

const write = async (name: string, content: string | Uint8Array): Promise<string> => {
  const file = join(folder, name)
  await writeFile(file, content)
  return file
}

const ruleOf = async (file: string): Promise<string | undefined> =>
  (await readSource(file)).diagnostics[0]?.rule

test('a text file is read as it is', async () => {
  const { source, diagnostics } = await readSource(await write('plain.yaml', '\uFEFFa: ü\r\n'))
  expect(diagnostics).toEqual([])
  expect(source.text).toBe('\uFEFFa: ü\r\n')
})

test('a missing file, and a file below a file, are missing', async () => {
  const file = await write('there.yaml', 'a: 1')
  expect(await ruleOf(join(folder, 'nowhere.yaml'))).toBe('file-missing')
  expect(await ruleOf(join(file, 'below.yaml'))).toBe('file-missing')
})

test('a folder is called a folder', async () => {
  expect(await ruleOf(folder)).toBe('file-folder')
})

test('a pipe that nobody writes to does not hold the reader', async () => {
  const pipe = join(folder, 'pipe')
  execFileSync('sh', ['-c', 'mkfifo "$0"', pipe])
  expect(await ruleOf(pipe)).toBe('file-unreadable')
})

test.each([
  ['random bytes', Uint8Array.from({ length: 400 }, (_, n) => (n * 73 + 151) % 256)],
  ['a NUL in a text', new TextEncoder().encode('a: 1\0\n')],
  ['Latin-1', Uint8Array.of(0x61, 0x3a, 0x20, 0xfc, 0x0a)],
  ['UTF-16', Uint8Array.of(0xff, 0xfe, 0x61, 0x00)],
])('%s are not text', async (_name, bytes) => {
  expect(await ruleOf(await write('bytes.yaml', bytes))).toBe('file-not-text')
})

test('a file that is too large is refused before it is read', async () => {
  const file = await write('large.yaml', '')
  await truncate(file, 3 * 1024 ** 3) // more than Node reads at once: to try would be `file-unreadable`
  const { source, diagnostics } = await readSource(file)
  expect(diagnostics).toMatchObject([{ rule: 'file-too-large', message: expect.stringContaining('3072 MiB') }])
  expect(source.text).toBe('')
})

test('the largest file that is read has 1 MiB', async () => {
  const line = `# ${'x'.repeat(97)}\n`
  const full = line.repeat(LARGEST_FILE_BYTES / line.length).padEnd(LARGEST_FILE_BYTES, '#')
  expect(await ruleOf(await write('full.yaml', full))).toBeUndefined()
  expect(await ruleOf(await write('over.yaml', `${full}#`))).toBe('file-too-large')
})

test('what was read is parsed, and what was not is reported without an excerpt', async () => {
  const good = await loadYaml(await write('good.yaml', 'a: [1, 2]\n'))
  expect(good.root?.kind).toBe('map')
  const file = join(folder, 'nowhere.yaml')
  const { root, source, diagnostics } = await loadYaml(file)
  expect(root).toBeUndefined()
  expect(diagnostics.map(diagnostic => formatDiagnostic(diagnostic, source.text))).toEqual([
    `${file}:1:1: error[file-missing]: there is no such file\n  help: check the path, from the folder you are in`,
  ])
})
