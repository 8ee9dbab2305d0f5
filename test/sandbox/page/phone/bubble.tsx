import { Menu, Text } from '@mantine/core';
import { useState } from 'react';
import { useAct } from '../acting.tsx';
import { type ChatAddress, react } from '../control/chat-calls.ts';
import type { ChatMessage, Fields } from '../control/world.ts';
import { ForwardIcon, PhoneIcon } from '../icons.tsx';
import { useLanguage, useTexts } from '../texts/language.tsx';
import { type BubbleActions, BubbleMenu } from './bubble-menu.tsx';
import { MessageContent } from './message-content.tsx';
import { bubbleId, Quote } from './quote.tsx';
import { Ticks } from './ticks.tsx';

type BubbleProps = {
  chat: ChatAddress;
  message: ChatMessage;
  quoted: ChatMessage | undefined;
  businessName: string;
  actions: BubbleActions;
};

/** One message as the customer's phone shows it: their own on the right, in green. */
export function Bubble({ chat, message, quoted, businessName, actions }: BubbleProps) {
  const t = useTexts();
  const [menuOpened, setMenuOpened] = useState(false);
  const isFailed = message.status === 'failed';
  const hasReactions = message.reactions.length > 0;
  return (
    <li
      id={bubbleId(message.id)}
      className="bubble"
      data-from={message.from}
      data-type={message.isDeleted ? 'deleted' : message.type}
      data-failed={isFailed || undefined}
      data-reactions={hasReactions || undefined}
      onContextMenu={(event) => {
        // A long press on a phone; a link or a selection keeps the browser's own menu.
        if (message.isDeleted || (event.target as Element).closest('a, audio, video') !== null) return;
        event.preventDefault();
        setMenuOpened(true);
      }}
    >
      <Marks message={message} />
      {message.referral !== undefined && <Referral referral={message.referral} />}
      {message.quoted !== undefined && <Quote quoted={quoted} businessName={businessName} />}
      {message.isDeleted ? (
        <i className="quiet">{t.deletedMessage}</i>
      ) : (
        <MessageContent message={message} chat={chat} />
      )}
      <Meta message={message} />
      {hasReactions && <Reactions chat={chat} message={message} />}
      {!message.isDeleted && (
        <Menu
          opened={menuOpened}
          onChange={setMenuOpened}
          position={message.from === 'customer' ? 'bottom-end' : 'bottom-start'}
          withinPortal
        >
          <BubbleMenu chat={chat} message={message} actions={actions} />
        </Menu>
      )}
    </li>
  );
}

function Marks({ message: { origin, forwarded } }: { message: ChatMessage }) {
  const t = useTexts();
  return (
    <>
      {origin === 'app' && (
        <Text className="bubble-mark" size="xs">
          <PhoneIcon size={13} /> {t.fromApp}
        </Text>
      )}
      {forwarded !== undefined && (
        <Text className="bubble-mark" size="xs" fs="italic">
          <ForwardIcon size={13} /> {forwarded === 'often' ? t.forwardedOften : t.forwarded}
        </Text>
      )}
    </>
  );
}

function Referral({ referral }: { referral: Fields }) {
  const t = useTexts();
  return (
    <div className="quote referral">
      <span className="quote-words">
        <Text size="xs" fw={600} className="quote-author">
          {t.fromAd} · {String(referral.headline ?? referral.source_id ?? '')}
        </Text>
        {typeof referral.body === 'string' && <Text size="xs">{referral.body}</Text>}
      </span>
    </div>
  );
}

function Meta({ message }: { message: ChatMessage }) {
  const { t, language } = useLanguage();
  const time = new Date(message.atMs).toLocaleTimeString(language, {
    hour: '2-digit',
    minute: '2-digit',
    hour12: false,
  });
  return (
    <span className="bubble-meta">
      {message.status === 'failed' && <span>{t.status.failed}</span>}
      {message.isEdited && !message.isDeleted && <span>{t.edited}</span>}
      <time>{time}</time>
      <Ticks message={message} />
    </span>
  );
}

/** The customer's own is taken back by a click. */
function Reactions({ chat, message }: { chat: ChatAddress; message: ChatMessage }) {
  const t = useTexts();
  const act = useAct();
  return (
    <span className="reactions">
      {message.reactions.map(({ from, emoji }) =>
        from === 'customer' ? (
          <button
            key={from}
            type="button"
            className="reaction"
            aria-label={t.takeReactionBack(emoji)}
            title={t.takeReactionBack(emoji)}
            onClick={() => void act(() => react(chat, message, null))}
          >
            {emoji}
          </button>
        ) : (
          <span key={from} className="reaction" role="img" aria-label={t.businessReacted(emoji)}>
            {emoji}
          </span>
        ),
      )}
    </span>
  );
}
