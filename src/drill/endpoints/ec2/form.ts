/** The parameters of one Query API request: `Filter.1.Value.2=running` and the like. */
export type Form = ReadonlyMap<string, string>

export const parseForm = (body: string): Form => new Map(new URLSearchParams(body))

/** `InstanceId.1`, `InstanceId.2`, … in the order of their numbers. */
export const listOf = (form: Form, name: string): string[] =>
  structsOf(form, name).flatMap(struct => struct.get('') ?? [])

/** `Filter.1.Name`, `Filter.1.Value.1`, … as one form per number, with the rest of the name as key. */
export const structsOf = (form: Form, name: string): Form[] => {
  const structs = new Map<number, Map<string, string>>()
  for (const [key, value] of form) {
    const [, number, rest] = memberPattern(name).exec(key) ?? []
    if (number === undefined) continue
    const struct = structs.get(Number(number)) ?? new Map<string, string>()
    struct.set(rest ?? '', value)
    structs.set(Number(number), struct)
  }
  return [...structs].sort(([a], [b]) => a - b).map(([, struct]) => struct)
}

const memberPattern = (name: string): RegExp => new RegExp(`^${name}\\.(\\d+)(?:\\.(.+))?$`)
