/**
 * page/nights: the table of nights.
 *
 * In: GET /v1/nights with a server key; the demo's own key is tried first.
 * Out: one row a shop date, what failed in words.
 * Invariant: text goes in as text nodes only.
 */
const KEY_NAME = 'hemline-server-key'
const lead = document.getElementById('lead')
const form = document.getElementById('key-form')
const frame = document.getElementById('frame')
const rows = document.getElementById('rows')
const number = new Intl.NumberFormat()
const when = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' })

form.addEventListener('submit', (event) => {
  event.preventDefault()
  sessionStorage.setItem(KEY_NAME, form.elements.key.value.trim())
  void show()
})
void show()

async function show() {
  const key = sessionStorage.getItem(KEY_NAME) ?? 'demo'
  const answer = await fetch('/v1/nights', { headers: { authorization: `Bearer ${key}` } })
  if (answer.status === 401 || answer.status === 403) return askForKey(sessionStorage.getItem(KEY_NAME) !== null)
  const body = await answer.json()
  if (!answer.ok) {
    lead.textContent = body.detail ?? body.title ?? 'The nights cannot be read now.'
    return undefined
  }
  form.hidden = true
  draw(body.nights)
  return undefined
}

function askForKey(wasWrong) {
  sessionStorage.removeItem(KEY_NAME)
  lead.textContent = wasWrong ? 'This key does not open the history.' : 'The history is for those who run the shop.'
  form.hidden = false
  frame.hidden = true
}

function draw(nights) {
  if (nights.length === 0) {
    lead.textContent = 'No night has run yet. The first one comes at 00:01 shop time, or with npx hemline nightly.'
    return
  }
  const open = nights.filter((night) => !night.is_done || findingsOf(night).some((table) => !isGap(table))).length
  lead.textContent = `${number.format(nights.length)} nights, newest first. ${open === 0 ? 'All is well.' : `${number.format(open)} with something to look at.`}`
  rows.replaceChildren(...nights.map(rowOf))
  frame.hidden = false
}

function rowOf(night) {
  const table = (name) => night.tables.find((one) => one.table_name === name)
  const orders = table('clean.orders')
  const lines = table('clean.order_details')
  const findings = findingsOf(night)
  const row = document.createElement('tr')
  row.append(
    cell(night.shop_date),
    cell(night.is_done ? 'done' : 'not finished', night.is_done ? 'state' : 'state open'),
    cell(counted(orders?.row_count), 'number'),
    cell(counted(lines?.row_count), 'number'),
    cell(orders?.sums?.total_price ?? '', 'number'),
    cell(when.format(new Date(`${night.finished_at.replace(' ', 'T').replace(/Z?$/u, '')}Z`))),
    checksCell(night, findings),
  )
  return row
}

function checksCell(night, findings) {
  const found = cell('', 'checks')
  if (findings.length === 0) {
    found.className = 'checks calm'
    found.textContent = `${number.format(night.tables.length)} passed`
    return found
  }
  for (const table of findings) {
    const line = document.createElement('span')
    line.className = isGap(table) ? 'finding calm' : 'finding'
    line.textContent = isGap(table) ? table.message : `${table.table_name}: ${table.message ?? 'differs'}`
    found.append(line)
  }
  return found
}

function findingsOf(night) {
  return night.tables.filter((table) => table.status !== 'ok')
}

/** Orders that no tracker saw are usual: a report, not a fault. */
function isGap(table) {
  return table.table_name === 'clean.clickstreams'
}

function counted(count) {
  return count === undefined || count === null ? '' : number.format(Number(count))
}

function cell(text, className = '') {
  const made = document.createElement('td')
  made.textContent = text
  if (className !== '') made.className = className
  return made
}
