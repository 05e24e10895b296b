import { startDrillNetworkAcl } from './drilled.js'
import { startMotoNetworkAcl } from './moto-network-acl.js'
import { MOTO_DIFFERS, networkAclSuite } from './network-acl-suite.js'
import { eachService, MOTO } from './service.js'

const drill = { name: 'the drill', start: startDrillNetworkAcl }
const moto = { name: 'Moto', binary: MOTO, start: startMotoNetworkAcl }

eachService('network ACLs', [drill], service => networkAclSuite(service))
eachService('network ACLs', [moto], service => networkAclSuite(service, MOTO_DIFFERS))
