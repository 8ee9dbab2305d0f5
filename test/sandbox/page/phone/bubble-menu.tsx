import { ActionIcon, Menu } from '@mantine/core';
import { useAct } from '../acting.tsx';
import { type ChatAddress, type Content, deleteMessage, react, write } from '../control/chat-calls.ts';
import { asFields, type ChatMessage } from '../control/world.ts';
import { ChevronIcon } from '../icons.tsx';
import { useTexts } from '../texts/language.tsx';
import type { DialogKind } from './dialog-kinds.ts';
import { excerptOf } from './quote.tsx';

export type BubbleActions = {
  onReply: (message: ChatMessage) => void;
  onEdit: (message: ChatMessage) => void;
  onDialog: (kind: DialogKind, message: ChatMessage) => void;
};

type BubbleMenuProps = { chat: ChatAddress; message: ChatMessage; actions: BubbleActions };

const emojis = ['👍', '❤️', '😂', '😮', '😢', '🙏'];

/** What can be done with a message: on hover, by the keyboard, or by a long press. */
export function BubbleMenu({ chat, message, actions }: BubbleMenuProps) {
  const t = useTexts();
  const act = useAct();
  const isOwn = message.from === 'customer' || message.origin === 'app';
  return (
    <>
      <Menu.Target>
        <ActionIcon
          className="bubble-menu"
          size={22}
          radius="xl"
          variant="default"
          aria-label={t.messageActions(excerptOf(t, message).slice(0, 60))}
        >
          <ChevronIcon size={14} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <ReactionItems chat={chat} message={message} />
        <Menu.Divider />
        <Menu.Item onClick={() => actions.onReply(message)}>{t.replyTo}</Menu.Item>
        <ForwardItems chat={chat} message={message} />
        {message.from === 'business' && <AnswerItems message={message} actions={actions} />}
        {isOwn && (
          <>
            <Menu.Divider />
            {isEditable(message) && <Menu.Item onClick={() => actions.onEdit(message)}>{t.edit}</Menu.Item>}
            <Menu.Item color="red" onClick={() => void act(() => deleteMessage(chat, message))}>
              {t.deleteForEveryone}
            </Menu.Item>
          </>
        )}
      </Menu.Dropdown>
    </>
  );
}

function ReactionItems({ chat, message }: Omit<BubbleMenuProps, 'actions'>) {
  const t = useTexts();
  const act = useAct();
  const own = message.reactions.find(({ from }) => from === 'customer')?.emoji;
  return (
    <>
      <div className="reaction-row">
        {emojis.map((emoji) => (
          <Menu.Item
            key={emoji}
            aria-label={t.reactWith(emoji)}
            data-own={emoji === own || undefined}
            onClick={() => void act(() => react(chat, message, emoji))}
          >
            {emoji}
          </Menu.Item>
        ))}
      </div>
      {own !== undefined && (
        <Menu.Item onClick={() => void act(() => react(chat, message, null))}>{t.takeReactionBack(own)}</Menu.Item>
      )}
    </>
  );
}

/** Into the same chat, as from another one. */
function ForwardItems({ chat, message }: Omit<BubbleMenuProps, 'actions'>) {
  const t = useTexts();
  const act = useAct();
  const content = forwardedContent(message);
  if (content === undefined) return null;
  const forward = (forwarded: 'once' | 'often') => void act(() => write('customer', chat, content, { forwarded }));
  return (
    <>
      <Menu.Item onClick={() => forward('once')}>{t.forward}</Menu.Item>
      <Menu.Item onClick={() => forward('often')}>{t.forwardOften}</Menu.Item>
    </>
  );
}

function forwardedContent({ type, text, payload, media }: ChatMessage): Content | undefined {
  if (media !== undefined) {
    const caption = text === '' ? {} : { caption: text };
    return { media: { kind: type, mediaId: media.id, voice: media.voice, ...caption } };
  }
  if (type === 'text') return { text };
  if (type === 'location') return { location: asFields(payload) };
  return type === 'contacts' && Array.isArray(payload) ? { contacts: payload } : undefined;
}

/** Taps on what the business offered. */
function AnswerItems({ message, actions }: Pick<BubbleMenuProps, 'message' | 'actions'>) {
  const t = useTexts();
  return (
    <>
      {(['button', 'list', 'flow'] as const).map((kind) => (
        <Menu.Item key={kind} onClick={() => actions.onDialog(kind, message)}>
          {t.attachKinds[kind]}
        </Menu.Item>
      ))}
    </>
  );
}

const isEditable = ({ type, media }: ChatMessage): boolean =>
  type === 'text' || (media !== undefined && ['image', 'video', 'document'].includes(type));
