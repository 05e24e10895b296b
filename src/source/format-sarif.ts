import type { Diagnostic } from './diagnostic.js'

/** What a reader of SARIF is told of a rule, beside its id. */
export type SarifRule = { readonly summary: string; readonly why: string }

type Tool = {
  readonly version: string
  readonly rules: { readonly [id: string]: SarifRule }
}

/** SARIF 2.1.0, as code scanning services take it in. Places are counted from one, in UTF-16 units. */
export const toSarif = (diagnostics: readonly Diagnostic[], { version, rules }: Tool) => {
  const ids = [...new Set(diagnostics.map(({ rule }) => rule))].sort()
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'firebreak', version, rules: ids.map(id => ruleOf(id, rules[id])) } },
        columnKind: 'utf16CodeUnits',
        results: diagnostics.map(one => ({ ...resultOf(one), ruleIndex: ids.indexOf(one.rule) })),
      },
    ],
  }
}

const ruleOf = (id: string, rule: SarifRule | undefined) => ({
  id,
  ...(rule ? { shortDescription: { text: rule.summary }, fullDescription: { text: rule.why } } : {}),
})

const resultOf = (diagnostic: Diagnostic) => {
  const { rule, severity, message, suggestion, file, line, column, endLine, endColumn } = diagnostic
  return {
    ruleId: rule,
    level: severity,
    message: { text: suggestion === undefined ? message : `${message} (${suggestion})` },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: uriOf(file) },
          region: { startLine: line, startColumn: column, endLine, endColumn },
        },
      },
    ],
  }
}

/** Relative where the file stands below the folder that one is in: only then can it be found in a checkout. */
const uriOf = (file: string): string =>
  `${file.startsWith('/') ? 'file://' : ''}${file.split('/').map(encodeURIComponent).join('/')}`
