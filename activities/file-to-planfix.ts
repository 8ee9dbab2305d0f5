import { Readable } from 'node:stream';
import { recordMoved } from '../db/attachments.ts';
import type { Wake } from '../db/wakes.ts';
import { cleanFileName } from '../workflows/domain/file-name.ts';
import { contactsToVcard } from '../workflows/domain/vcard.ts';
import type { MediaFacts } from './channels/channel.ts';
import { measured, sniff } from './file-stream.ts';
import { TransferRefused, type TransferWork } from './file-transfer.ts';

type Source = { body: Readable; size: number | undefined; mime: string | undefined; sha256: string | undefined };

/** From the network (or from the message's own content) to Planfix. Limits are checked before the first byte moves. */
export async function moveToPlanfix(work: TransferWork): Promise<Wake> {
  const { dependencies, openAccount, transfer, signal, onProgress } = work;
  const { db, waits } = dependencies;
  const account = await openAccount(transfer.planfixAccountId, waits.pollPatienceMs);
  const source = await openSource(work);
  const { mime: byContent, body: begun } = await sniff(source.body);
  const mime = byContent ?? source.mime ?? 'application/octet-stream';
  // What the network names by its kind alone needs a name that tells it apart in a list of files.
  const name = cleanFileName(transfer.name ?? (transfer.isVoice ? 'voice-message' : transfer.messageKind), mime);
  const { body, passed } = measured(begun, { sha256: source.sha256, onProgress });
  try {
    const { id } = await account.client.uploadFile({ name, mime, size: source.size, body }, { signal });
    return await recordMoved(db, transfer, { planfixFile: id, name, mime, ...passed() });
  } finally {
    body.destroy();
  }
}

async function openSource(work: TransferWork): Promise<Source> {
  const { openConnection, transfer, signal } = work;
  if (transfer.channelMediaId === null) return fromContent(work);
  const { client } = await openConnection(transfer.connectionId);
  const facts = await client.readMedia(transfer.channelMediaId);
  refuseBySize(work, facts);
  const stream = await client.openMedia(facts, signal);
  try {
    // Where the network told no size, the answer with the bytes may.
    if (facts.size === undefined) refuseBySize(work, stream);
  } catch (error) {
    stream.body.destroy();
    throw error;
  }
  // The network's answer is fresher than the webhook, which had the same digest in another spelling.
  const sha256 = facts.sha256 ?? transfer.sha256 ?? undefined;
  return {
    body: stream.body,
    size: stream.size ?? facts.size,
    mime: facts.mime ?? transfer.mime ?? stream.mime,
    sha256,
  };
}

function refuseBySize({ dependencies }: TransferWork, { size }: Pick<MediaFacts, 'size'>): void {
  if (size === 0) throw new TransferRefused('empty', 'the file has no bytes');
  if (size !== undefined && size > dependencies.planfixMaxFileBytes) {
    throw new TransferRefused('too-large', 'Planfix does not take files of this size');
  }
}

function fromContent({ transfer }: TransferWork): Source {
  const { details } = transfer.content ?? {};
  if (details?.type !== 'contacts') throw new TransferRefused('expired', 'the network named no file');
  const bytes = Buffer.from(contactsToVcard(details.contacts));
  return {
    body: Readable.from([bytes], { objectMode: false }),
    size: bytes.length,
    mime: 'text/vcard',
    sha256: undefined,
  };
}
