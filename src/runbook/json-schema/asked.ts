import type * as z from 'zod'
import { ONE_WAY, ONLY_WITH_RUN, WAYS } from '../schema/parts.js'
import type { Schema } from './parts.js'

/**
 * What a refinement or a transform wants, no converter can read off it: the schema itself is asked with
 * samples, and gives the words for what it refuses.
 */
export const addWhatIsAsked = ({
  zodSchema,
  jsonSchema,
}: {
  zodSchema: z.core.$ZodTypes
  jsonSchema: Schema
}): void => {
  const asked = zodSchema as unknown as z.ZodType // every schema here is one of zod's full classes
  if (zodSchema._zod.def.type === 'object') addForMap(zodSchema._zod.def.shape, jsonSchema)
  if (typeof jsonSchema.default === 'object') delete jsonSchema.default // an editor would write it out
  if (jsonSchema.enum) jsonSchema.enum = jsonSchema.enum.filter(value => takes(asked, value))
  else if (jsonSchema.type === 'string') addForText(asked, jsonSchema)
}

const takes = (schema: z.ZodType, value: unknown): boolean => schema.safeParse(value).success

const complaint = (schema: z.ZodType, value: unknown): string =>
  schema.safeParse(value).error?.issues[0]?.message ?? ''

/** An entry that leads somewhere leads to one place, and gives inputs to a runbook only. */
const addForMap = (shape: Readonly<Record<string, z.core.$ZodType>>, json: Schema): void => {
  if (!WAYS.every(way => way in shape)) return
  json.allOf = [
    ...WAYS.map((way, index) => ({
      if: { required: [way] },
      then: {
        properties: Object.fromEntries(WAYS.slice(index + 1).map(later => [later, false])),
        errorMessage: ONE_WAY,
      },
    })),
    {
      if: { not: { required: ['run'] } },
      then: { properties: { with: false }, errorMessage: ONLY_WITH_RUN },
    },
  ]
}

const addForText = (asked: z.ZodType, json: Schema): void => {
  if (json.pattern !== undefined && !OWN_PATTERNS.has(json.pattern)) {
    json.patternErrorMessage = complaint(asked, '')
  } else if (takes(asked, '90s') && !takes(asked, 'soon')) {
    const short = complaint(asked, '999ms')
    json.pattern = short === '' ? DURATION : AT_LEAST_1S
    const said = [complaint(asked, 90), complaint(asked, 'soon')].find(text => text.startsWith('must be '))
    json.patternErrorMessage = [said ?? 'must be a duration', short].filter(text => text !== '').join(', and ')
  } else if (takes(asked, 'x') && !takes(asked, EXPRESSION_SAMPLE)) {
    json.pattern = NO_TEMPLATE
    json.patternErrorMessage = complaint(asked, EXPRESSION_SAMPLE)
  }
}

const EXPRESSION_SAMPLE = '${{ x }}'
const AMOUNTS = '(?:\\d+(?:\\.\\d+)?(?:ms|s|m|h|d))+$'
const DURATION = `^${AMOUNTS}`
/** Sums such as `500ms400ms` pass: a pattern cannot add. */
const AT_LEAST_1S = `^(?!0*\\d{1,3}(?:\\.\\d+)?ms$|0+(?:\\.\\d+)?s$|0+(?:\\.0+)?[mhd]$)${AMOUNTS}`
const NO_TEMPLATE = '^(?:(?!\\$\\{\\{)[\\s\\S])*$'
const OWN_PATTERNS: ReadonlySet<string> = new Set([DURATION, AT_LEAST_1S, NO_TEMPLATE])
export const MORE_THAN_NOTHING = `^(?=.*[1-9])${AMOUNTS}`
