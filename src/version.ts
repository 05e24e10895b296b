/** Put in by the build from package.json, and by the test runner. */
declare const FIREBREAK_VERSION: string

export const VERSION: string = FIREBREAK_VERSION
