import { expect, it } from 'vitest'
import { actions } from '../../src/actions/registry.js'

// The language goes by what an action's schema says; what its ops say of themselves must be the same.
it.each(Object.entries(actions))(
  '%s is called irreversible where none of its changes can be taken back, and only there',
  async (_name, { irreversible, load }) => {
    const { behaviour } = await load()
    const changes = Object.values(behaviour.ops)
      .map(({ undo }) => undo)
      .filter(undo => undo !== 'nothing')
    expect(irreversible === true).toBe(changes.every(undo => undo === 'irreversible'))
  },
)
