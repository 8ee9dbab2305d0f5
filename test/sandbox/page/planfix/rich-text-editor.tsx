import { ActionIcon, Group, Tooltip } from '@mantine/core';
import { type KeyboardEvent, type ReactNode, type RefObject, useEffect } from 'react';
import { LinkIcon, ListIcon } from '../icons.tsx';
import { useTexts } from '../texts/language.tsx';
import { toCommentHtml } from './comment-html.ts';

export type RichTextEditorProps = {
  area: RefObject<HTMLDivElement | null>;
  label: string;
  placeholder: string;
  initialHtml: string;
  onChange: (html: string) => void;
  /** Return true to keep the editor from acting on the key itself. */
  onKey: (event: KeyboardEvent) => boolean;
  /** Files from the clipboard. */
  onFiles: (files: File[]) => void;
  tools?: ReactNode;
};

/** A small editor: the browser's own editing of one element, with four buttons. Give it a new `key` to start afresh. */
export function RichTextEditor(props: RichTextEditorProps) {
  const { area, label, placeholder, initialHtml, onChange, onKey, onFiles, tools } = props;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the element belongs to the browser after the first text
  useEffect(() => {
    if (area.current === null) return;
    document.execCommand('defaultParagraphSeparator', false, 'p');
    area.current.replaceChildren(...new DOMParser().parseFromString(initialHtml, 'text/html').body.childNodes);
  }, []);

  const report = () => {
    if (area.current === null) return;
    const html = toCommentHtml(area.current);
    if (html === '' && area.current.textContent === '' && area.current.querySelector('li') === null) {
      area.current.replaceChildren();
    }
    onChange(html);
  };

  return (
    <div className="editor">
      {/* biome-ignore lint/a11y/useSemanticElements: a text area cannot hold bold, lists and links */}
      <div
        ref={area}
        className="editor-area rich-text"
        role="textbox"
        tabIndex={0}
        aria-multiline="true"
        aria-label={label}
        data-placeholder={placeholder}
        contentEditable
        suppressContentEditableWarning
        onInput={report}
        onKeyDown={(event) => {
          if (onKey(event)) event.preventDefault();
        }}
        onPaste={(event) => {
          event.preventDefault();
          const { files } = event.clipboardData;
          if (files.length > 0) onFiles([...files]);
          else document.execCommand('insertText', false, event.clipboardData.getData('text/plain'));
        }}
      />
      <Group gap={2} px={6} pb={6} className="editor-tools">
        <EditorTools area={area} onDone={report} />
        {tools}
      </Group>
    </div>
  );
}

function EditorTools({ area, onDone }: { area: RefObject<HTMLDivElement | null>; onDone: () => void }) {
  const t = useTexts();
  const run = (command: string, value?: string) => {
    area.current?.focus();
    document.execCommand(command, false, value);
    onDone();
  };
  const link = () => {
    const address = window.prompt(t.linkPrompt, 'https://');
    if (address === null || address === '') return;
    const hasSelection = window.getSelection()?.isCollapsed === false;
    if (hasSelection) run('createLink', address);
    else run('insertText', address);
  };
  return (
    <>
      <Tool label={t.bold} onUse={() => run('bold')}>
        <b>B</b>
      </Tool>
      <Tool label={t.italic} onUse={() => run('italic')}>
        <i className="serif">I</i>
      </Tool>
      <Tool label={t.list} onUse={() => run('insertUnorderedList')}>
        <ListIcon size={16} />
      </Tool>
      <Tool label={t.link} onUse={link}>
        <LinkIcon size={16} />
      </Tool>
    </>
  );
}

export function Tool({ label, onUse, children }: { label: string; onUse: () => void; children: ReactNode }) {
  return (
    <Tooltip label={label} withArrow openDelay={400}>
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={label}
        // The text must keep its selection.
        onMouseDown={(event) => event.preventDefault()}
        onClick={onUse}
      >
        {children}
      </ActionIcon>
    </Tooltip>
  );
}
