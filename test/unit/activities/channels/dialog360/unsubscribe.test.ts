import { describe, expect, it } from '@jest/globals';
import type { HttpRequest, HttpResponse } from '../../../../../activities/channels/channel.ts';
import { channelClients } from '../../../../../activities/channels/clients.ts';

const OURS = 'https://parley.example/webhooks/dialog360/1/secret';
const THEIRS = 'https://somebody.example/else';

/** A gateway with this address for webhooks, which takes an empty one or not; what it was told is kept. */
function aGateway({ webhook, takesEmpty, status = 400 }: { webhook: string; takesEmpty: boolean; status?: number }) {
  const told: unknown[] = [];
  let url = webhook;
  const send = async ({ method, body }: HttpRequest): Promise<HttpResponse> => {
    if (method === 'POST') {
      const wanted = (JSON.parse(body ?? '') as { url: string }).url;
      told.push(wanted);
      if (wanted === '' && !takesEmpty) return { status, headers: {}, body: '{}', receivedAtMs: 0 };
      url = wanted;
    }
    return { status: 200, headers: {}, body: JSON.stringify({ url }), receivedAtMs: 0 };
  };
  const files = { download: async () => Promise.reject(new Error()), upload: async () => Promise.reject(new Error()) };
  const credentials = { apiUrl: 'https://gateway.example', numberId: '49305550100', accountId: '49305550100' };
  const client = channelClients.dialog360({ ...credentials, accessToken: 'key', webhookUrl: OURS }, { send, files });
  return { told, unsubscribe: () => client.unsubscribe?.() };
}

describe('taking the address of webhooks back', () => {
  it('removes ours', async () => {
    const { told, unsubscribe } = aGateway({ webhook: OURS, takesEmpty: true });
    expect(await unsubscribe()).toBe('removed');
    expect(told).toEqual(['']);
    // Control: it is gone.
    expect(await unsubscribe()).toBe('not-ours');
  });

  it('leaves that of somebody else', async () => {
    const { told, unsubscribe } = aGateway({ webhook: THEIRS, takesEmpty: true });
    expect(await unsubscribe()).toBe('not-ours');
    expect(told).toEqual([]);
  });

  it('is for a person where the gateway does not take it back, and is tried again where it was not to be reached', async () => {
    expect(await aGateway({ webhook: OURS, takesEmpty: false }).unsubscribe()).toBe('not-possible');
    const away = aGateway({ webhook: OURS, takesEmpty: false, status: 503 });
    await expect(away.unsubscribe()).rejects.toMatchObject({ kind: 'unavailable' });
  });
});
