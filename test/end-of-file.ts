import { afterAll } from 'vitest'
import { clearLeftovers } from './leftovers.js'

// Run before each test file anew, also where modules are loaded once for many of them.
afterAll(clearLeftovers, 60_000)
