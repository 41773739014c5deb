/** The control: what Bun can do when it does nothing but say everything again. */
const server = Bun.serve({
  hostname: '127.0.0.1',
  reusePort: true,
  port: Number(process.env['SM_PORT'] ?? 0),
  fetch: (request, server) =>
    server.upgrade(request, { headers: { 'sec-websocket-protocol': 'ocpp1.6' } }) ? undefined : new Response('ready'),
  websocket: { message: (socket, message) => void socket.send(message) },
})
process.stdout.write(`${server.url.href}\n`)
