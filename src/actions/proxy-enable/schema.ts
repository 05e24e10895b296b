import * as z from 'zod'
import { defineAction } from '../contract.js'
import { input, turned } from '../proxy-drain/schema.js'

const output = z.object({ enabled: turned.describe('Each proxy with the frontends that accept again') })

export const proxyEnable = defineAction({
  name: 'proxy.enable',
  summary: 'Accepts again on every stopped frontend of proxies',
  input,
  output,
  needs: [],
  permissions: [],
  load: () => import('./behaviour.js'),
})
