import { useEffect, useRef } from 'react';

const nearPx = 60;

/**
 * Keeps the end of a scrolled list in sight: when something is added, and when what is there grows, as a picture does
 * once it has loaded. Whoever has scrolled up is left there until something is added. Give the ref to the scroller,
 * whose first child holds the list.
 */
export function usePinnedEnd(count: number) {
  const scroller = useRef<HTMLDivElement>(null);
  const isPinned = useRef(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: scrolls when something is added
  useEffect(() => {
    isPinned.current = true;
    toEnd(scroller.current);
  }, [count]);
  useEffect(() => {
    const element = scroller.current;
    const list = element?.firstElementChild;
    if (!element || !list) return;
    const sizes = () => `${element.scrollHeight} ${element.clientHeight}`;
    let known = sizes();
    const look = () => {
      // What grows also scrolls; only a person's scrolling counts.
      if (sizes() !== known) return;
      isPinned.current = element.scrollHeight - element.scrollTop - element.clientHeight < nearPx;
    };
    const grown = new ResizeObserver(() => {
      if (isPinned.current) toEnd(element);
      known = sizes();
    });
    grown.observe(list);
    grown.observe(element);
    element.addEventListener('scroll', look, { passive: true });
    return () => {
      grown.disconnect();
      element.removeEventListener('scroll', look);
    };
  }, []);
  return scroller;
}

function toEnd(element: HTMLElement | null): void {
  if (element !== null) element.scrollTop = element.scrollHeight;
}
