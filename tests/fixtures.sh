#!/usr/bin/env bash
# Makes the files that the tests attach, once, into the directory named: real ones by LibreOffice
# (a preparation form as DOCX and XLSX, its copy as PDF), and those that no office writes, by files.py.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
target=$1
if [[ $target/complete -nt ${BASH_SOURCE[0]} && $target/complete -nt $here/files.py ]]; then
  exit 0
fi
mkdir -p "$target"
profile=$(mktemp -d)
trap 'rm -rf "$profile"' EXIT

# The way from HTML to DOCX and from DOCX to PDF is that of an office: a form is written, printed and stamped.
cat >"$target/form.html" <<'HTML'
<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>特色亮点活动筹备方案</title></head>
<body><h1>特色亮点活动筹备方案</h1>
<table border="1"><tr><td>主办单位名称</td><td>南京市科学技术协会</td></tr><tr><td>主题活动名称</td><td>科学家精神报告团走进紫金山</td></tr></table>
<p>详见 <a href="https://www.cast.org.cn/">中国科协网站</a>。</p></body></html>
HTML
convert() {
  soffice "-env:UserInstallation=file://$profile" --headless --convert-to "$1" --outdir "$target" "$target/$2" >/dev/null 2>&1
}
convert 'docx:MS Word 2007 XML' form.html
convert pdf:writer_pdf_Export form.docx
/usr/bin/python3 "$here/files.py" "$target"
touch "$target/complete"
