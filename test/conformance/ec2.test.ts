import { startDrillEc2 } from './drilled.js'
import { ec2Suite } from './ec2-suite.js'
import { eachService } from './service.js'

eachService('the EC2 API', [{ name: 'the drill', start: startDrillEc2 }], ec2Suite)
