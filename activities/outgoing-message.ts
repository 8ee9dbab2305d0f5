import type { Attachment } from '../db/attachments.ts';
import type { CustomerRow } from '../db/to-customer.ts';
import { MEDIA_KINDS, type MediaKind } from '../workflows/domain/media-limits.ts';
import type { OutgoingContent, OutgoingMessage } from './channels/channel.ts';

type SentRow = Pick<CustomerRow, 'kind' | 'text' | 'content' | 'quotedChannelMessageId'>;

/** The row as the channel contract has it; `file` is the row's own, moved already. */
export function messageOf(
  row: SentRow,
  file: Attachment | undefined,
): Pick<OutgoingMessage, 'content' | 'quotedChannelMessageId'> {
  const quoted = row.quotedChannelMessageId;
  const content = contentOf(row, file);
  const canQuote = quoted !== null && content.type !== 'reaction' && content.type !== 'template';
  return { content, ...(canQuote ? { quotedChannelMessageId: quoted } : {}) };
}

function contentOf(row: SentRow, file: Attachment | undefined): OutgoingContent {
  const { kind, text, content, quotedChannelMessageId } = row;
  const details = content?.details;
  if (file?.channelMediaId != null) {
    const media = isMediaKind(kind) ? kind : 'document';
    return {
      type: 'media',
      media,
      mediaId: file.channelMediaId,
      ...(text === '' ? {} : { caption: text }),
      ...(media === 'document' && file.name !== null ? { name: file.name } : {}),
    };
  }
  if (kind === 'reaction')
    return { type: 'reaction', emoji: text, targetChannelMessageId: quotedChannelMessageId ?? '' };
  if (details?.type === 'location') {
    const { latitude, longitude, name, address } = details;
    return { type: 'location', latitude, longitude, ...(name ? { name } : {}), ...(address ? { address } : {}) };
  }
  if (details?.type === 'contacts') return { type: 'contacts', contacts: details.contacts };
  if (content?.template) return { type: 'template', ...content.template };
  return { type: 'text', text };
}

const isMediaKind = (kind: string): kind is MediaKind => MEDIA_KINDS.some((known) => known === kind);
