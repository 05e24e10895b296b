import { type Examination, ofAws } from './contract.js'

export const credentialRows: Examination = {
  name: 'credentials',
  examine: ofAws(async ({ fleet, account }) => {
    const found = await account()
    if (!found.ok) return [{ state: 'fail', detail: found.failure.message, next: found.failure.next }]
    if (fleet.account !== undefined)
      return [{ state: 'ok', detail: `of account ${found.value}, as the fleet file says` }]
    return [
      {
        state: 'warn',
        detail: `of account ${found.value}; the fleet file names none to compare it with`,
        next: `add \`account: "${found.value}"\` to it, if that is right`,
      },
    ]
  }),
}
