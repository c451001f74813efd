"""Pages with one thing wrong each, which has to be seen: what says nothing about these says nothing about a report."""
import os

# A page without a fault, and what is put into it; then a part of what must be said about it.
FRAME = """<!doctype html><html lang="en"><head><title>t</title><meta name="viewport" content="width=device-width">
<style>body{margin:0;background:#fff;color:#222}</style></head><body><main><h1>One</h1>%s</main></body></html>"""

ALL = {
    "nothing in a good page": ("<p>Well.</p>", None),
    "a script": ("<script>console.log('ran')</script>", "console: ran"),
    "an exception": ("<script>throw new Error('x')</script>", "exception"),
    "a request": ("<img alt='x' src='nowhere.png'>", "asks for"),
    "a handler": ("<p onclick='x()'>Well.</p>", "strange"),
    "a page too wide": ("<div style='width:3000px;height:9px'></div>", "juts out"),
    "pale text": ("<p style='color:#aaa'>Pale.</p>", "contrast"),
    "a heading left out": ("<h4>Four</h4>", "leaves out a level"),
    "a dead link": ("<a href='#nowhere'>there</a>", "leads nowhere"),
    "an id twice": ("<p id=a>1</p><p id=a>2</p>", "an id twice"),
    "a link without a name": ("<a href='#a' id=a></a>", "without a name"),
    "a picture without a name": ("<svg role=img width=9 height=9></svg>", "picture without a name"),
    "landmarks of one name": ("<section aria-label=a>1</section><section aria-label=a>2</section>", "two landmarks"),
    "a table without heads": ("<table><tr><td>1</td></tr></table>", "without heads"),
    "a head without scope": ("<table><tr><th>1</th></tr></table>", "without scope"),
}


def missed(tab, folder, fault, checks, looked_at, strange):
    markup, said = fault
    page = os.path.join(folder, "fault.html")
    with open(page, "w") as file:
        file.write(FRAME % markup)
    wrong = looked_at(tab, page, 1024, "light", checks) + [f"a strange element: {e}" for e in tab.ask(strange)]
    if said is None:
        return wrong
    return [] if any(said in line for line in wrong) else [f"said about it: {wrong}"]
