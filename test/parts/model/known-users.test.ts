import { describe, expect, test } from 'vitest'
import { loadImage, saveImage } from '../../../src/parts/model/image.ts'
import { identify, joinedSession, undoIdentify, visitorOf } from '../../../src/parts/model/session/known-users.ts'
import { recommend } from '../../../src/parts/model/slate/home.ts'
import { shopperState } from '../../../src/parts/model/slate/shopper.ts'
import { idsOf, openShop, PRODUCTS } from './shop.ts'

const LIMIT = 12

/** Ann at home: looked at shirts, carries one, bought another; known as user 42. */
function annAtHome() {
  const shop = openShop(PRODUCTS)
  for (let visitor = 0; visitor < 4; visitor++) shop.view(`crowd${visitor}`, 'shirt1', 'shirt2', 'shirt3', 'shirt4')
  shop.view('home', 'shirt2')
  shop.act('home', 'cart', 'shirt3')
  shop.act('home', 'purchase', 'shirt4')
  identify(shop.model, 'home', '42')
  const home = (visitorKey: string) => recommend(shop.model, visitorKey, { limit: LIMIT })
  return { ...shop, home }
}

describe('a visitor who logs in', () => {
  test('is suggested what the user cares for, and nothing the user carries or has bought', () => {
    const { model, home, view } = annAtHome()
    const stranger = home('phone')
    identify(model, 'phone', '42')
    const known = home('phone')
    expect(known).not.toEqual(stranger)
    expect(known.map((pick) => pick.reason.code)).toContain('viewed_again')
    for (const list of [known, (view('phone', 'shoe1'), home('phone'))]) {
      expect(idsOf(list).filter((id) => id === 'shirt3' || id === 'shirt4')).toEqual([])
    }
    expect(shopperState(model, 'phone')).toMatchObject({ userId: '42', excluded: ['shirt3', 'shirt4'] })
    expect(visitorOf(model, '42')).toBe('phone')
  })

  test('is a stranger again once that is taken back, and so is what they did meanwhile to the user', () => {
    const { model, home, view } = annAtHome()
    view('phone', 'bag2')
    const before = home('phone')
    identify(model, 'phone', '42')
    expect(home('phone')).not.toEqual(before)
    undoIdentify(model, 'phone', '42')
    expect(home('phone')).toEqual(before)
    expect(joinedSession(model, 'home')).toBe(model.sessions.get('home'))
    expect(visitorOf(model, '42')).toBe('home')
    undoIdentify(model, 'home', 'another')
    expect(shopperState(model, 'home').userId).toBe('42')
  })
})

describe('two accounts on one device', () => {
  test('never see each other, and each finds their own again', () => {
    const { model, home, view } = annAtHome()
    const fresh = openShop(PRODUCTS)
    expect(identify(model, 'home', '7')).toBe('42')
    expect(shopperState(model, 'home')).toEqual({ userId: '7', excluded: [], recent: [], cart: [], gender: null })
    expect(joinedSession(model, 'home')).toBeUndefined()
    expect(home('home').map((pick) => pick.reason.code)).not.toContain('viewed_again')
    view('home', 'bag1')
    expect(visitorOf(model, '42')).toBe('user:42')
    expect(shopperState(model, 'user:42')).toMatchObject({
      userId: '42',
      recent: ['shirt4', 'shirt3', 'shirt2'],
      cart: ['shirt3'],
    })
    expect(identify(model, 'home', '42')).toBe('7')
    expect(shopperState(model, 'home')).toMatchObject({ userId: '42', excluded: ['shirt3', 'shirt4'] })
    expect(shopperState(model, 'user:7')).toMatchObject({ userId: '7', recent: ['bag1'] })
    expect(fresh.model.users.size).toBe(0)
  })
})

test('who is whom outlives a restart', () => {
  const { model } = annAtHome()
  identify(model, 'phone', '42')
  identify(model, 'phone', '7')
  const restarted = loadImage(saveImage(model))
  expect([...restarted.users]).toEqual([...model.users])
  for (const key of ['home', 'phone', 'user:42']) {
    expect(shopperState(restarted, key)).toEqual(shopperState(model, key))
  }
})

test('a user keeps no more than four visitors', () => {
  const { model } = annAtHome()
  for (let device = 0; device < 6; device++) identify(model, `device${device}`, '42')
  expect(model.users.get('42')).toEqual(['device2', 'device3', 'device4', 'device5'])
})
