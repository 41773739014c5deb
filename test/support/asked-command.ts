import { administrator, type TestServer } from './server.ts'

/** A command that was sent to a partner, for those who look at what is kept of it: sending one takes a partner that answers. */
export const keepAskedCommand = async ({ server, data }: TestServer, partner: string): Promise<string> => {
  const admin = administrator(server.target, data)
  try {
    const [row] = await admin<{ id: string }[]>`insert into roaming_asked_commands
        (tenant, id, partner, type, body, address_hash, state, response, result, deadline, created_at, changed_at)
      values ('default', gen_random_uuid(), ${partner}, 'STOP_SESSION', '{"session_id": "s-1"}', '\\x00', 'done', 'ACCEPTED', 'ACCEPTED', now(), now(), now())
      returning id`
    return row?.id ?? ''
  } finally {
    await admin.end({ timeout: 1 })
  }
}
