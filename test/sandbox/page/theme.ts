import { createTheme, type MantineColorsTuple } from '@mantine/core';

const green: MantineColorsTuple = [
  '#e8f8f1',
  '#d3efe3',
  '#a6dfc6',
  '#76cea8',
  '#4fc08e',
  '#36b77e',
  '#26a975',
  '#189565',
  '#0c8459',
  '#00724b',
];

/** System fonts only: the page must look right without any network. */
export const theme = createTheme({
  primaryColor: 'green',
  primaryShade: { light: 8, dark: 7 },
  colors: { green },
  fontFamily: 'Inter, "Segoe UI", Roboto, "Helvetica Neue", Arial, "Noto Sans", "Liberation Sans", sans-serif',
  defaultRadius: 'md',
  cursorType: 'pointer',
});
