"""Styles and search script of the web archive's pages."""

STYLE = """
:root{color-scheme:light dark;--ink:#1c1c1e;--soft:#5f6368;--line:#d9dce1;--paper:#fff;--card:#f6f7f9;--link:#0b57d0}
@media(prefers-color-scheme:dark){:root{--ink:#e8eaed;--soft:#a6abb3;--line:#3a3d42;--paper:#15171a;--card:#1e2125;
--link:#8ab4f8}}
*{box-sizing:border-box}html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.6 system-ui,-apple-system,"Segoe UI",Roboto,
"Noto Sans CJK SC","PingFang SC","Microsoft YaHei",sans-serif;overflow-wrap:anywhere}
main{max-width:46rem;margin:0 auto;padding:1rem 1rem 4rem}
h1{font-size:1.5rem;line-height:1.25;margin:.6rem 0}h2{font-size:1.2rem;line-height:1.3;margin:1.6rem 0 .4rem}
h3{font-size:1.02rem;margin:1.2rem 0 .3rem}h4,h5,h6{font-size:1rem;margin:1rem 0 .2rem}
a{color:var(--link);text-decoration:none}a:hover,a:focus{text-decoration:underline}
.soft{color:var(--soft);font-size:.92rem}article{border-top:1px solid var(--line);margin-top:1.6rem}
.card{background:var(--card);border-radius:.6rem;padding:.6rem .9rem;margin:.6rem 0}
input{width:100%;font:inherit;padding:.6rem .8rem;border:1px solid var(--line);border-radius:.6rem;
background:var(--card);color:inherit}
ul.list{list-style:none;padding:0}ul.list li{padding:.5rem 0;border-bottom:1px solid var(--line)}
.wide{overflow-x:auto}table{border-collapse:collapse;font-size:.92rem}th,td{border:1px solid var(--line);
padding:.3rem .5rem;text-align:left;overflow-wrap:normal}
blockquote{margin:.6rem 0;padding:.1rem .9rem;border-left:3px solid var(--line);color:var(--soft)}
pre{overflow-x:auto;background:var(--card);padding:.7rem;border-radius:.5rem}code{font-size:.92em}
figure{margin:1rem 0}figure img{max-width:100%;height:auto;background:#fff;border-radius:.4rem}figcaption{
color:var(--soft);font-size:.9rem}
.titles a{color:inherit;display:block;padding:.15rem 0}math{font-size:1.08em}math[display=block]{overflow-x:auto;
padding:.4rem 0}.math{font-family:"STIX Two Math","Cambria Math",serif}summary{cursor:pointer}
"""

SCRIPT = """
const fold=s=>s.normalize('NFKD').replace(/\\p{M}/gu,'').toLowerCase(),
all=JSON.parse(document.getElementById('papers').textContent),box=document.getElementById('q'),
out=document.getElementById('found'),days=document.getElementById('days');
for(const p of all)p.text=fold(p.text);
function show(){const words=fold(box.value).split(/\\s+/).filter(Boolean);
out.textContent='';days.hidden=words.length>0;if(!words.length)return;
const hits=all.filter(p=>words.every(w=>p.text.includes(w))).slice(0,100);
for(const p of hits){const li=document.createElement('li'),a=document.createElement('a'),
s=document.createElement('div');
a.href=p.href;a.textContent=p.title;s.className='soft';s.textContent=p.about;li.append(a,s);out.append(li)}
if(!hits.length){const li=document.createElement('li');li.className='soft';li.textContent=out.dataset.none;
out.append(li)}}
box.value=decodeURIComponent((location.hash.match(/^#q=(.*)/)||[])[1]||'');
box.addEventListener('input',show);show();
"""
