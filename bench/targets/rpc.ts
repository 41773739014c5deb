import { RPCServer } from 'ocpp-rpc'

/** The control: `ocpp-rpc` in strict mode, as its users run it, with answers made of nothing: no store, no state. */
const server = new RPCServer({ protocols: ['ocpp1.6'], strictMode: true } as ConstructorParameters<typeof RPCServer>[0])
let transactions = 0
server.auth((accept) => accept())
server.on('client', (client: { handle: (action: string, handler: () => object) => void }) => {
  client.handle('BootNotification', () => ({
    status: 'Accepted',
    interval: 300,
    currentTime: new Date().toISOString(),
  }))
  client.handle('Heartbeat', () => ({ currentTime: new Date().toISOString() }))
  client.handle('StatusNotification', () => ({}))
  client.handle('MeterValues', () => ({}))
  client.handle('StartTransaction', () => ({ transactionId: ++transactions, idTagInfo: { status: 'Accepted' } }))
})
const port = Number(process.env['SM_PORT'] ?? 0)
await server.listen(port, '127.0.0.1')
process.stdout.write(`http://127.0.0.1:${port}/\n`)
