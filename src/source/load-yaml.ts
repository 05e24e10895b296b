import { type ParsedYaml, parseSource } from './parse-yaml.js'
import { readSource } from './read.js'

/** A file to a YAML tree, or to what is wrong with it. Never rejects. */
export const loadYaml = async (file: string): Promise<ParsedYaml> => {
  const { source, diagnostics } = await readSource(file)
  return diagnostics.length > 0 ? { source, diagnostics } : parseSource(source)
}
