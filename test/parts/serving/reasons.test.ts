import { expect, test } from 'vitest'
import { reasonText, type Language } from '../../../src/parts/serving/reasons.ts'

const rising = (value: string, language: Language): string =>
  reasonText({ code: 'rising', params: { value } }, { language, nameOf: () => null })

test('what rises is named in the language of the reader, in Vietnamese the type before the colour', () => {
  expect(rising('Navy Blue Dresses', 'en')).toBe('Rising this week: navy blue dresses')
  expect(rising('Navy Blue Dresses', 'vi')).toBe('Đang lên trong tuần này: váy liền màu xanh navy')
  expect(rising('Blue Casual Shoes', 'vi')).toBe('Đang lên trong tuần này: giày thường ngày màu xanh dương')
  expect(rising('Heels', 'vi')).toBe('Đang lên trong tuần này: giày cao gót')
  expect(rising('Multi', 'vi')).toBe('Đang lên trong tuần này: nhiều màu')
})

test('words of a shop that are not known stay as they are', () => {
  expect(rising('Cobalt Ponchos', 'vi')).toBe('Đang lên trong tuần này: ponchos màu xanh coban')
  expect(rising('Ecru Ponchos', 'vi')).toBe('Đang lên trong tuần này: ecru ponchos')
  expect(rising('constructor', 'vi')).toBe('Đang lên trong tuần này: constructor')
})
