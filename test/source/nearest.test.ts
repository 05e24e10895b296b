import { expect, test } from 'vitest'
import { nearest } from '../../src/source/nearest.js'

test.each([
  ['idd', ['id', 'if'], 'id'],
  ['clam', ['survey', 'calm'], 'calm'],
  ['aks', ['ask', 'abort'], 'ask'],
  ['proxy.conections', ['proxy.connections', 'proxy.replace'], 'proxy.connections'],
  ['Cluster', ['cluster'], 'cluster'],
  ['end', ['ask'], undefined],
  ['foo', ['proxies', 'hosts'], undefined],
  ['x'.repeat(100_000), ['x'.repeat(99_999)], undefined],
])('for %.20s of %j a person meant %s', (word, candidates, meant) => {
  expect(nearest(word, candidates)).toBe(meant)
})
