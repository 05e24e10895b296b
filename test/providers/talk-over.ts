import net from 'node:net'

/** Sends that text and gives what comes, until the server closes or the end of an answer is there. */
export const talkOver = (to: net.NetConnectOpts, text: string, until?: RegExp): Promise<string> =>
  new Promise((resolve, reject) => {
    let answer = ''
    const socket = net.connect(to)
    socket.once('connect', () => socket.write(text))
    socket.on('data', chunk => {
      answer += chunk
      if (until?.test(answer)) socket.destroy()
    })
    socket.once('error', reject)
    socket.once('close', () => resolve(answer))
  })
