import { existsSync, readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { actions } from '../../src/actions/registry.js'
import { checks } from '../../src/checks/registry.js'

const foldersOf = (folder: string): string[] =>
  readdirSync(new URL(`../../src/${folder}/`, import.meta.url), { withFileTypes: true })
    .filter(entry => entry.isDirectory())
    .map(({ name }) => name)
    // A folder without a schema holds what several members share.
    .filter(name => existsSync(new URL(`../../src/${folder}/${name}/schema.ts`, import.meta.url)))
    .sort()

const REGISTRIES = { checks, actions }

describe.each(Object.entries(REGISTRIES))('the registry of %s', (folder, registry) => {
  it('has a line for each folder, and a folder for each line', () => {
    const names = Object.keys(registry).map(name => name.replaceAll('.', '-'))
    expect(names.sort()).toEqual(foldersOf(folder))
  })

  it('has each under its own name', () => {
    expect(Object.values(registry).map(({ name }) => name)).toEqual(Object.keys(registry))
  })

  it('has something that loads behind each line', async () => {
    for (const { load } of Object.values(registry)) expect(Object.keys(await load())).not.toEqual([])
  })
})
