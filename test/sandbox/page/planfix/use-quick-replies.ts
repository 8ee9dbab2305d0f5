import { type KeyboardEvent, useEffect, useState } from 'react';
import { findQuickReplies } from '../control/client.ts';
import type { QuickReply } from '../control/world.ts';
import { useLanguage } from '../texts/language.tsx';

/**
 * Quick replies as Planfix has them: `*` and then words in any order find them, in the language of the page; the chosen
 * one takes the place of what was typed.
 */
export function useQuickReplies(account: string) {
  const [typed, setTyped] = useState<string>();
  const found = useFound(account, typed);
  const [chosen, setChosen] = useState(0);

  const pick = (reply: QuickReply) => {
    if (typed !== undefined) replaceTyped(typed, reply.text);
    setTyped(undefined);
  };

  const lookAtText = () => {
    setTyped(typedAfterAsterisk());
    setChosen(0);
  };

  /** Resolves to whether the key was meant for the list. */
  const onKey = (event: KeyboardEvent): boolean => {
    if (typed === undefined) return false;
    const reply = found?.[chosen];
    if (event.key === 'Escape') setTyped(undefined);
    else if (found === undefined || reply === undefined) return false;
    else if (event.key === 'Enter' || event.key === 'Tab') pick(reply);
    else if (event.key === 'ArrowDown') setChosen(Math.min(chosen + 1, found.length - 1));
    else if (event.key === 'ArrowUp') setChosen(Math.max(chosen - 1, 0));
    else return false;
    return true;
  };

  return { isCalled: typed !== undefined, found, chosen, pick, lookAtText, onKey };
}

/** Undefined until the answer to exactly these words is there: nobody may pick from the list of other words. */
function useFound(account: string, typed: string | undefined): QuickReply[] | undefined {
  const { language } = useLanguage();
  const [found, setFound] = useState<{ typed: string; items: QuickReply[] }>();
  useEffect(() => {
    if (typed === undefined) return;
    let current = true;
    const show = (items: QuickReply[]) => current && setFound({ typed, items });
    findQuickReplies(account, typed, language)
      .then(show)
      .catch(() => show([]));
    return () => {
      current = false;
    };
  }, [account, typed, language]);
  return found?.typed === typed ? found?.items : undefined;
}

/** The text from a `*` at the start of a word up to the caret, if the caret stands behind one in the same line. */
function typedAfterAsterisk(): string | undefined {
  const selection = window.getSelection();
  const node = selection?.anchorNode;
  if (!selection?.isCollapsed || node?.nodeType !== Node.TEXT_NODE) return undefined;
  const before = (node.textContent ?? '').slice(0, selection.anchorOffset);
  return /(?:^|\s)\*([^*\n]*)$/.exec(before)?.[1]?.replaceAll('\u00a0', ' ');
}

/** Puts the text in the place of the `*` and the words typed after it. */
function replaceTyped(typed: string, text: string): void {
  const selection = window.getSelection();
  const node = selection?.anchorNode;
  if (!selection || !node) return;
  const end = selection.anchorOffset;
  selection.setBaseAndExtent(node, Math.max(0, end - typed.length - 1), node, end);
  document.execCommand('insertText', false, text);
}
