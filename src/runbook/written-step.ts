import type { z } from 'zod'
import type { STEP_SCHEMAS } from './schema.js'

/** A step as it stands in the file, with its defaults. */
export type Written<K extends keyof typeof STEP_SCHEMAS> = z.output<(typeof STEP_SCHEMAS)[K]>
