import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import { queryClient } from '../api/query-client.ts';
import { en } from './en/index.ts';
import { ru } from './ru/index.ts';

export const LANGUAGES = ['en', 'ru'] as const;
export type LanguageCode = (typeof LANGUAGES)[number];
const REMEMBERED = 'parley-language';

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'frame';
    resources: typeof en;
  }
}

/** One namespace for each area of the console; the words of `ru` are those of `en`, which a test compares. */
export async function startTexts(): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: rememberedLanguage(),
    fallbackLng: 'en',
    defaultNS: 'frame',
    resources: { en, ru },
    interpolation: { escapeValue: false },
  });
  document.documentElement.lang = i18next.language;
}

/** Chosen on this device, else the browser's. */
function rememberedLanguage(): LanguageCode {
  const wanted = localStorage.getItem(REMEMBERED) ?? navigator.language;
  return wanted.startsWith('ru') ? 'ru' : 'en';
}

export async function changeLanguage(language: LanguageCode): Promise<void> {
  localStorage.setItem(REMEMBERED, language);
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
  // The API's sentences were read in the other language.
  void queryClient.invalidateQueries();
}
