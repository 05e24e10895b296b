import { expect, it } from 'vitest'
import type { Drill } from '../../src/drill/drill.js'
import { instancesOf } from '../../src/drill/world/instances.js'
import { talk } from '../drill/running.js'
import { accountFor } from './account-for.js'
import { agreeing, playDrill } from './played.js'

// An account that nothing could upset would prove nothing.

/** Plays the drill, with that done by hand once, at the first gate. */
const playWith = (byHand: (drill: Drill) => Promise<void>) => {
  let done = false
  return playDrill({
    operator: async (question, drill) => {
      if (question.kind === 'gate' && !done) {
        done = true
        await byHand(drill)
      }
      return agreeing(question)
    },
  })
}

it('an account holds where nothing happened but what the journal says', async () => {
  await accountFor(await playWith(async () => {}))
})

it('an account does not hold where something was launched that no op of the journal launched', async () => {
  const played = await playWith(async ({ clock, aws: { override } }) => {
    const launch = fetch(override.endpoint, {
      method: 'POST',
      headers: { authorization: `Credential=${override.accessKeyId}/` },
      body: 'Action=RunInstances&Version=2016-11-15&LaunchTemplate.LaunchTemplateName=lt-proxy&SubnetId=subnet-a1&MinCount=1&MaxCount=1',
    })
    expect((await clock.io(launch)).status).toBe(200)
  })
  await expect(accountFor(played)).rejects.toThrow(/was launched, and its op in the journal/)
})

it('an account does not hold where fewer proxies serve than the floor', async () => {
  const played = await playWith(async drill => {
    const proxies = instancesOf(drill.world(), 'us-east-c1', 'proxy')
    for (const { privateIp } of proxies.slice(1, 4))
      await talk(drill, `tcp://${privateIp}:9999`, 'disable frontend shard1\n')
  })
  await expect(accountFor(played)).rejects.toThrow(/serving after disable frontend/)
})
