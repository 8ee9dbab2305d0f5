import { findUploaded, recordUploaded } from '../db/attachments.ts';
import type { Wake } from '../db/wakes.ts';
import { cleanFileName } from '../workflows/domain/file-name.ts';
import { chooseMedia } from '../workflows/domain/media-limits.ts';
import { measured, sniff } from './file-stream.ts';
import { TransferRefused, type TransferWork } from './file-transfer.ts';

/** From Planfix to the network, as what its content, name and size allow. A file that is still there is not sent again. */
export async function moveToChannel(work: TransferWork): Promise<Wake> {
  const { dependencies, openAccount, openConnection, transfer, signal, onProgress } = work;
  const { db, waits } = dependencies;
  const { planfixFile, connectionId } = transfer;
  if (planfixFile === null) throw new TransferRefused('expired', 'the comment names no file');
  const uploaded = await findUploaded(db, { connectionId, planfixFile, youngerThanMs: waits.mediaReuseMs });
  if (uploaded) return recordUploaded(db, transfer, { ...uploaded, kind: asCaptioned(work, uploaded.kind) });

  const account = await openAccount(transfer.planfixAccountId, waits.pollPatienceMs);
  const { client } = await openConnection(connectionId);
  const file = await account.client.openFile(planfixFile, { signal });
  try {
    const size = file.size ?? transfer.size ?? undefined;
    if (size === undefined) throw new TransferRefused('unavailable', 'Planfix does not tell the size of the file');
    const { mime: mimeByContent, body: begun } = await sniff(file.body);
    const choice = chooseMedia({ name: transfer.name ?? '', size, ...(mimeByContent ? { mimeByContent } : {}) });
    if ('refused' in choice) throw new TransferRefused(choice.refused, `the file has ${size} bytes`);
    const { mime } = choice;
    const name = cleanFileName(transfer.name ?? undefined, mime);
    const { body, passed } = measured(begun, { sha256: undefined, onProgress });
    const uploadedAt = new Date();
    const { mediaId } = await client.uploadMedia({ name, mime, size, body }, signal);
    const kind = asCaptioned(work, choice.kind);
    return await recordUploaded(db, transfer, { channelMediaId: mediaId, uploadedAt, kind, name, mime, ...passed() });
  } finally {
    file.body.destroy();
  }
}

/** Words go with the file only as its caption, which sounds and stickers cannot have: as documents they can. */
const asCaptioned = ({ transfer }: TransferWork, kind: string) =>
  transfer.caption !== '' && (kind === 'audio' || kind === 'sticker') ? 'document' : kind;
