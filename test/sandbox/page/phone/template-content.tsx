import { Text, UnstyledButton } from '@mantine/core';
import { useAct } from '../acting.tsx';
import { type ChatAddress, tapTemplateButton } from '../control/chat-calls.ts';
import type { ChatMessage, FilledTemplate } from '../control/world.ts';
import { ClipIcon, ForwardIcon, LinkIcon } from '../icons.tsx';
import { useTexts } from '../texts/language.tsx';
import { FormattedText } from './formatted-text.tsx';
import { MediaContent } from './media-content.tsx';

type TemplateContentProps = { message: ChatMessage; template: FilledTemplate; chat: ChatAddress };

/** A filled template as the customer sees it; its quick replies can be tapped. */
export function TemplateContent({ message, template, chat }: TemplateContentProps) {
  const t = useTexts();
  const act = useAct();
  return (
    <>
      <Text size="xs" className="answer-label">
        {t.kinds.template} · {template.name}
      </Text>
      <Header message={message} header={template.header} />
      <FormattedText text={template.body} />
      {template.footer !== undefined && (
        <Text size="xs" c="dimmed" mt={2}>
          {template.footer}
        </Text>
      )}
      {template.buttons.length > 0 && (
        <span className="template-taps">
          {template.buttons.map(({ type, text, url, code }) =>
            type === 'QUICK_REPLY' ? (
              <UnstyledButton
                key={`${type} ${text}`}
                onClick={() => void act(() => tapTemplateButton(chat, message, text))}
              >
                <ForwardIcon size={14} /> {text}
              </UnstyledButton>
            ) : (
              <span key={`${type} ${text}`} title={url ?? code}>
                <LinkIcon size={14} /> {text}
              </span>
            ),
          )}
        </span>
      )}
    </>
  );
}

function Header({ message, header }: { message: ChatMessage; header: FilledTemplate['header'] }) {
  const t = useTexts();
  if (message.media !== undefined)
    return <MediaContent type={header?.format.toLowerCase() ?? 'document'} media={message.media} />;
  if (header === undefined) return null;
  if (header.text !== undefined) {
    return (
      <Text size="sm" fw={700}>
        {header.text}
      </Text>
    );
  }
  return (
    <div className="bubble-note template-file" title={header.link}>
      <ClipIcon size={16} />
      {header.filename ?? t.kinds[header.format.toLowerCase()] ?? header.format}
    </div>
  );
}
