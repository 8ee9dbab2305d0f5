import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react';
import { en, type Texts } from './en.ts';
import { ru } from './ru.ts';

export type Language = 'en' | 'ru';

const texts: Record<Language, Texts> = { en, ru };
const storageKey = 'parley-sandbox-language';

type Choice = { language: Language; t: Texts; setLanguage: (language: Language) => void };

const LanguageContext = createContext<Choice>({ language: 'en', t: en, setLanguage: () => {} });

/** Remembers the choice; the first time, the browser's own language decides. */
export function LanguageProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState<Language>(firstLanguage);
  useEffect(() => {
    document.documentElement.lang = language;
    localStorage.setItem(storageKey, language);
  }, [language]);
  const choice = useMemo(() => ({ language, t: texts[language], setLanguage }), [language]);
  return <LanguageContext value={choice}>{children}</LanguageContext>;
}

export const useLanguage = (): Choice => useContext(LanguageContext);

export const useTexts = (): Texts => useContext(LanguageContext).t;

function firstLanguage(): Language {
  const stored = localStorage.getItem(storageKey);
  if (stored === 'en' || stored === 'ru') return stored;
  return navigator.language.startsWith('ru') ? 'ru' : 'en';
}
