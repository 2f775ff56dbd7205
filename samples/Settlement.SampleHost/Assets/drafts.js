// Keeps what was typed while a session that has expired is renewed: a form that is sent then leads to the login, and back to its page.
const key = `draft ${location.pathname}`;
const fields = () => [...document.querySelectorAll('main form.form input:not([type=hidden]):not([type=password])')];

const kept = sessionStorage.getItem(key);
sessionStorage.removeItem(key);
if (kept && document.referrer && new URL(document.referrer).pathname === '/login') {
  const values = JSON.parse(kept);
  for (const field of fields()) if (field.name in values) field.value = values[field.name];
}

for (const form of document.querySelectorAll('main form.form')) {
  form.addEventListener('submit', () => {
    sessionStorage.setItem(key, JSON.stringify(Object.fromEntries(fields().map(field => [field.name, field.value]))));
  });
}
