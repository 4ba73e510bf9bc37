#!/usr/bin/env bash
# Makes the files that the tests attach, once, into the directory named: real ones by LibreOffice (a notice, a
# plan and a preparation form as DOCX, their copies as PDF), and those that no office writes, by files/.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
target=$1
if [[ -f $target/complete && -z $(find "${BASH_SOURCE[0]}" "$here"/files/*.py -newer "$target/complete") ]]; then
  exit 0
fi
rm -rf "$target"
mkdir -p "$target"
profile=$(mktemp -d)
trap 'rm -rf "$profile"' EXIT

# The way from HTML to DOCX and from DOCX to PDF is that of an office: a form is written, printed and stamped.
write() { # NAME TITLE < what is below the title
  {
    printf '<!DOCTYPE html>\n<html><head><meta charset="utf-8"><title>%s</title></head>\n<body><h1>%s</h1>\n' "$2" "$2"
    cat
    printf '</body></html>\n'
  } >"$target/$1.html"
}
convert() { # FORMAT FILE…
  local files=("${@:2}")
  soffice "-env:UserInstallation=file://$profile" --headless --convert-to "$1" --outdir "$target" "${files[@]/#/$target/}" >/dev/null 2>&1
}

write form 特色亮点活动筹备方案 <<'HTML'
<table border="1"><tr><td>主办单位名称</td><td>南京市科学技术协会</td></tr><tr><td>主题活动名称</td><td>科学家精神报告团走进紫金山</td></tr></table>
<p>详见 <a href="https://www.cast.org.cn/">中国科协网站</a>。</p>
HTML
write notice "关于组织开展2021年“全国科技工作者日”活动的通知" <<'HTML'
<p>苏科协发〔2021〕55号</p>
<p>各设区市科协，各省级学会，各高校科协，机关各部门，各直属事业单位：请于5月12日前报送工作方案和不少于3项特色亮点活动。</p>
HTML
write plan "南京市“全国科技工作者日”活动工作方案" <<'HTML'
<h2>一、活动主题</h2><p>众心向党，自立自强。</p>
<h2>二、组织领导</h2><p>成立由市科协党组书记任组长的活动领导小组。</p>
HTML
convert 'docx:MS Word 2007 XML' form.html notice.html plan.html
convert pdf:writer_pdf_Export form.docx notice.docx plan.docx
/usr/bin/python3 "$here/files" "$target"
touch "$target/complete"
