import { type Beside, type ChatAddress, putMedia, type Writer, write } from '../control/chat-calls.ts';
import { type FileKind, kindOfType } from '../files/file-kinds.ts';
import { samplePicture } from './sample-files.ts';

type FilesMessage = { files: File[]; caption: string; as?: FileKind | undefined; beside?: Beside };

/** One message for each file, in their order, as an album is; the caption and the quote go with the first. */
export async function sendFiles(writer: Writer, chat: ChatAddress, message: FilesMessage): Promise<void> {
  const { files, as, beside = {} } = message;
  let { caption } = message;
  if (caption !== '' && files[0] !== undefined && !takesCaption(as ?? kindOfType(files[0].type))) {
    await write(writer, chat, { text: caption }, beside);
    caption = '';
  }
  for (const [index, file] of files.entries()) {
    const kind = as ?? kindOfType(file.type);
    const { mediaId } = await putMedia(chat, file);
    const media = {
      kind: kind === 'voice' ? 'audio' : kind,
      mediaId,
      ...(kind === 'voice' ? { voice: true } : {}),
      ...(index === 0 && caption !== '' ? { caption } : {}),
    };
    await write(writer, chat, { media }, index === 0 ? beside : {});
  }
}

const takesCaption = (kind: FileKind): boolean => ['image', 'video', 'document'].includes(kind);

/** A picture that can be looked at once; the network says so and passes it on. */
export async function sendViewOnce(chat: ChatAddress): Promise<void> {
  const file = await samplePicture();
  const { mediaId, sha256 } = await putMedia(chat, file);
  const digest = btoa(String.fromCharCode(...(sha256.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16))));
  const image = { id: mediaId, mime_type: file.type, sha256: digest, view_once: true };
  await write('customer', chat, { message: { type: 'image', image } });
}
