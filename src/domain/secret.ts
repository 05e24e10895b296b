/** The environment variable of a secret begins with it. */
export const SECRET_PREFIX = 'FIREBREAK_SECRET_'

/** The environment variable that names the folder with a file for each secret. */
export const SECRET_FOLDER = 'FIREBREAK_SECRETS'

/** A name of a secret. It becomes part of a path and of a variable's name. */
export const SECRET_NAME = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/

/** `api-token` is in FIREBREAK_SECRET_API_TOKEN. */
export const variableOf = (secret: string): string =>
  `${SECRET_PREFIX}${secret.toUpperCase().replaceAll('-', '_')}`
