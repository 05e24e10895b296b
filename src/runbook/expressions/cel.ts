import { Environment } from '@marcbachmann/cel-js/evaluator'

type NumberLike = number | bigint

/** What `visits("id")` and `outcome("id")` answer. The type checker never calls them. */
type StepFunctions = {
  readonly visits: (id: string) => number
  readonly outcome: (id: string) => string
}

export const LONGEST_EXPRESSION = 2_000
const LIMITS = { maxAstNodes: 500, maxDepth: 40 }

/**
 * CEL as runbooks have it. CEL has no arithmetic between whole numbers and doubles; here every number
 * from a runbook is a double, and nobody writes `3.0` at night.
 */
export const newEnvironment = ({ visits, outcome }: StepFunctions): Environment => {
  const environment = new Environment({ limits: LIMITS })
  for (const [operator, handler] of Object.entries(ARITHMETIC)) {
    environment.registerOperator(`int ${operator} double: double`, handler)
    environment.registerOperator(`double ${operator} int: double`, handler)
  }
  environment.registerOperator('double % double: double', ARITHMETIC['%'])
  environment.registerOperator('int == double', (a: NumberLike, b: NumberLike) => Number(a) === Number(b))
  environment.registerFunction('visits(string): double', visits, { async: false })
  environment.registerFunction('outcome(string): string', outcome, { async: false })
  return environment
}

type Operation = (a: NumberLike, b: NumberLike) => number

const ARITHMETIC = {
  '+': (a, b) => Number(a) + Number(b),
  '-': (a, b) => Number(a) - Number(b),
  '*': (a, b) => Number(a) * Number(b),
  '/': (a, b) => Number(a) / Number(b),
  '%': (a, b) => Number(a) % Number(b),
} as const satisfies { [operator: string]: Operation }
