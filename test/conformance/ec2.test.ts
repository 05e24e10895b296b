import { startDrillEc2 } from './drilled.js'
import { ec2Suite, MOTO_DIFFERS } from './ec2-suite.js'
import { startMotoEc2 } from './moto-ec2.js'
import { eachService, MOTO } from './service.js'

const moto = { name: 'Moto', binary: MOTO, start: startMotoEc2 }

eachService('the EC2 API', [{ name: 'the drill', start: startDrillEc2 }], service => ec2Suite(service))
eachService('the EC2 API', [moto], service => ec2Suite(service, MOTO_DIFFERS))
