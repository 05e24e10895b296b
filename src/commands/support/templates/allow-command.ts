/**
 * The text of a fleet file that allows commands that begin so; for a file that firebreak itself has just brought
 * along. Undefined where it does not look as that one does.
 */
export const allowingCommand = (fleet: string, prefix: readonly string[]): string | undefined => {
  if (/^ {2}commands:/m.test(fleet)) return undefined
  const [opens] = /^guardrails:.*\n/m.exec(fleet) ?? []
  return (
    opens && fleet.replace(opens, `${opens}  ${commandsLine(prefix)} # how a runbook's commands may begin\n`)
  )
}

export const commandsLine = (prefix: readonly string[]): string => `commands: [[${prefix.join(', ')}]]`

/** Whether a list of prefixes lets through what begins so. */
export const isAllowed = (allowed: readonly (readonly string[])[], prefix: readonly string[]): boolean =>
  allowed.some(words => words.every((word, index) => word === prefix[index]))
