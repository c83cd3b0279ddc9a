"""Words that say what a sentence does, in English and Chinese.

Written down from the vocabulary of machine-learning papers; a term that is missing here costs a check, never a
statement.
"""

import re

_METRICS = (
    "accuracy ap ar auc auroc bandwidth bleu cer cider cost dice em energy error f1 fid flop hits iou "
    "kappa latency length loss lpips mae map memory meteor miou mrr mse ndcg parameter pearson "
    "perplexity ppl precision psnr r2 rate recall rmse rouge score sensitivity size spearman specificity "
    "speed ssim success throughput time wer"
)
METRICS = frozenset(_METRICS.split())
"""What is measured, as stems."""

_SPECIFIC = (
    "accuracy ap auc auroc bleu cer f1 fid iou kappa lpips mae map meteor miou mrr mse ndcg perplexity precision psnr "
    "recall rmse rouge sensitivity specificity spearman pearson ssim wer"
)
SPECIFIC = frozenset(_SPECIFIC.split())
"""Metrics that cannot stand for one another."""

_COMMON_NAMES = (
    "2d 3d ai al api apis appendix auc bleu chinese cnn cnns cot cpu cpus cv dl en english eq et f1 fid "
    "fig figure flop flops french gan german github google gpu gpus html i id ids ii iid iii internet io "
    "iou it iv json kg linux llm llms map ml mlp ner nlp ocr ok ood os our pdf psnr python pytorch qa "
    "rag ram rgb rl rlhf rnn rnns sec section sft sota sql ssim table tex the this tpu ui unix url urls "
    "us vae vqa vs we web x zh"
)
COMMON_NAMES = frozenset(_COMMON_NAMES.split())
"""Names that anybody may use of any paper."""

HEDGED = re.compile(
    r"\b(?:suspect|hypothesi[sz]e[sd]?|hypothesis|conjecture[sd]?|speculat\w+|may|might|could|possibl[ey]|"
    r"perhaps|presumabl[ey]|potential(?:ly)?|believe[sd]?|suggest(?:s|ed|ing)?|appears?|seem(?:s|ed)?|"
    r"likely|probabl[ey]|assum(?:e|es|ed|ption)|expect(?:s|ed)?|plausibl[ey]|tentativ\w+|preliminary|"
    r"we think|intuition|intuitively|indicat(?:e|es|ed|ions?)|hope[sd]?|hint(?:s|ed)?|tend(?:s|ed)? to|"
    r"not (?:yet )?(?:clear|proven|verified|certain)|unclear|whether|open question|remains to be)\b|可能|"
    r"或许|也许|猜测|推测|怀疑|假设|似乎|看来|大概|有望|认为|希望|倾向|尚不|未必",
    re.IGNORECASE,
)
"""Words that suppose."""

CERTAIN = re.compile(
    r"\b(?:prov(?:e|es|ed|en|ing)|proof|demonstrat(?:e|es|ed|ing)|confirm(?:s|ed)?|establish(?:es|ed)?|"
    r"guarantee[sd]?|verif(?:y|ies|ied)|definitely|certainly|undoubtedly|conclusively|unquestionabl[ey]|"
    r"invariabl[ey]|must|show(?:s|n|ed)? that|(?:is|are|was|were) shown to|found that|finds that)\b|"
    r"证明|证实|证明了|确认|确证|保证|必然|一定|肯定|无疑|毫无疑问|确保|表明|验证了",
    re.IGNORECASE,
)
"""Words that state as shown."""

ALL = re.compile(
    r"\b(?:all|every|each|any|always|never|entire(?:ly)?|universal(?:ly)?|everywhere|completely|fully|"
    r"regardless|without exception|whatever|across the board|nothing|nobody|none)\b|所有|全部|一切|任何|"
    r"每[个种项次一]|总是|始终|从不|从未|完全|彻底|普遍|无一例外|各[个种项]",
    re.IGNORECASE,
)
"""Words that speak of everything."""

SOME = re.compile(
    r"\b(?:some|several|most|many|often|sometimes|usually|typically|generally|partly|partial(?:ly)?|"
    r"mainly|mostly|except|but not|few|certain|in (?:one|two|three|four|five) of|out of|majority|"
    r"limited to|"
    r"of (?:which|whom|them|these|those)|at least one|one of|for (?:large|small|larger|smaller|long|short))\b|"
    r"部分|某些|一些|多数|大多|通常|往往|有时|主要|除了|个别",
    re.IGNORECASE,
)
"""Words that speak of a part."""

SAME = re.compile(
    r"\b(?:identical|same|similar(?:ly)?|comparable|on par|equal(?:ly|s)?|equivalent|"
    r"no (?:better|worse|higher|lower|faster|slower)\b|no (?:significant |"
    r"clear |notable )?(?:difference|gain|improvement|benefit|effect|change)|unchanged|match(?:es|ed)?|"
    r"as (?:well|good|fast|accurate) as|not significant(?:ly)?|negligible|marginal(?:ly)?|"
    r"does not (?:help|improve|change|matter)|little (?:difference|effect|impact))\b|相同|一样|相当|持平|"
    r"相近|类似|几乎没有(?:差别|区别|影响)|无显著|没有(?:明显|显著)|等价|一致",
    re.IGNORECASE,
)
"""Words that find no difference."""

BETTER = re.compile(
    r"\b(?:better|best|outperform(?:s|ed|ing)?|surpass(?:es|ed|ing)?|superior|beat(?:s|en|ing)?|"
    r"exceed(?:s|ed|ing)?|wins?|improv(?:e|es|ed|ing|ement|ements)|gain(?:s|ed)?|higher|advantage|"
    r"stronger|more accurate|boost(?:s|ed)?)\b|优于|超过|超越|胜过|更好|更优|最好|最优|更高|提升|提高|"
    r"改善|领先|好于|高于",
    re.IGNORECASE,
)

WORSE = re.compile(
    r"\b(?:worse|worst|underperform(?:s|ed|ing)?|inferior|degrad(?:e|es|ed|ing|ation)|lower|drop(?:s|"
    r"ped)?|decreas(?:e|es|ed|ing)|declin(?:e|es|ed)|declines|fall(?:s|en)?|fell|loses?|lost|reduc(?:e|es|"
    r"ed|ing|tion)|hurts?|harms?|weaker|poorer|lags?|fewer|less)\b|更差|差于|劣于|不如|低于|下降|降低|"
    r"恶化|变差|落后|更低|损害|减少|弱于",
    re.IGNORECASE,
)

UP = re.compile(
    r"\b(?:increas\w+|improv\w+|gain\w*|rais\w+|ris(?:e|es|ing)|rose|higher|grow\w*|grew|boost\w*|more|"
    r"larger|longer|faster|better|outperform\w*|exceed\w*|surpass\w*|up)\b|提升|提高|增加|上升|增长|高出|"
    r"更高|更多|更快|更大|优于|超过|多出|高了|涨|[升增][至到为]",
    re.IGNORECASE,
)
"""Words for a rise."""

DOWN = re.compile(
    r"\b(?:decreas\w+|reduc\w+|drop\w*|declin\w+|fall\w*|fell|lower\w*|los(?:e|es|s|t|ing)|degrad\w+|"
    r"fewer|less|smaller|shorter|slower|worse|shrink\w*|shrunk|down|cut(?:s|ting)?|costs|"
    r"underperform\w*)\b|下降|降低|减少|下滑|降[至到为]|减[至到为]|更低|更少|更慢|更小|损失|低于|少了|低了|缩短|缩小|跌",
    re.IGNORECASE,
)
"""Words for a fall."""

PROPOSES = re.compile(
    r"(?:\b(?:the )?(?:authors?|we|paper|this work)\b(?: \w+){0,2} (?P<verb>propos(?:e|es|ed)|"
    r"introduc(?:e|es|ed)|invent(?:s|ed)?|develop(?:s|ed)?|design(?:s|ed)?|creat(?:e|es|ed)|present(?:s|"
    r"ed)?|pioneer(?:s|ed)?|devis(?:e|es|ed)|build|builds|built|collect(?:s|ed)?|releas(?:e|es|ed)|"
    r"construct(?:s|ed)?)\b|(?:作者|本文|论文|他们|我们)[^，。；]{0,6}(?P<han>提出|发明|首创|设计|开发|"
    r"构建|创建|发布|收集|引入)了?)(?P<what>[^,.;:，。；：]{2,80})",
    re.IGNORECASE,
)
"""Who proposes what, in a statement about a paper."""

FINDS = re.compile(
    r"\b(?:the )?(?:authors?|we|paper|this work|study)\b(?: \w+){0,2}? (?:find|found|evaluat|show|report|measur|"
    r"us(?:e|es|ed)\b|adopt|appl(?:y|ied)|train|test|observ|compar|choos|chose|annotat|collect)\w*|(?:作者|本文|论文|他们|我们)[^，。；]{0,6}"
    r"(?:发现|评估|评测|报告|测得|使用|采用|训练|测试|观察|比较|选择|标注)",
    re.IGNORECASE,
)
"""Who finds or uses something, in a statement about a paper."""

CITES = re.compile(
    r"\b[A-Z][\w’'-]+(?: et al\.?| and [A-Z][\w’'-]+)?,? [(\[](?:19|20)\d\d|\bet al\b|\[\d{1,3}(?:, ?\d{1,3})*\]"
)
"""A work of others, as a sentence names it."""

OURS = re.compile(
    r"\b(?:we|our|ours|us|this (?:paper|work|study|article)|the (?:proposed|present)|in this (?:paper|"
    r"work)|the authors?)\b|本文|我们|作者|所提",
    re.IGNORECASE,
)
"""Words for the paper's own."""

THEIRS = re.compile(
    r"\b(?:prior|previous(?:ly)?|existing|earlier|state[- ]of[- ]the[- ]art|sota|baselines?|competitors?|"
    r"rivals?|conventional|traditional|related work|others?)\b|先前|此前|以往|已有|现有|之前|基线|传统|"
    r"前人",
    re.IGNORECASE,
)
"""Words for what a paper compares itself with."""

HIGH = re.compile(
    r"\b(?:highest|higher|high|best|better|most|largest|larger|greatest|greater|fastest|faster|strongest|"
    r"longest|longer)\b|最高|更高|最大|更大|最好|最多|最快|更快|最长|更长",
    re.IGNORECASE,
)

LOW = re.compile(
    r"\b(?:lowest|lower|low|worst|worse|least|smallest|smaller|fewest|slowest|slower|weakest|shortest|"
    r"shorter)\b|最低|更低|最小|更小|最差|最少|最慢|更慢|最短|更短",
    re.IGNORECASE,
)

RAISES = re.compile(r"\b(?:increas|rais|improv|boost|enhanc|strengthen)\w*|提[高升]|增[加大强]|改善", re.IGNORECASE)
LOWERS = re.compile(
    r"\b(?:decreas|reduc|lower(?:s|ed|ing)|degrad|diminish|weaken)\w*|降低|减[少小弱]|削弱|恶化", re.IGNORECASE
)
"""Verbs for a rise and a fall of what stands behind them."""

_OPPOSITES = (
    (r"\bbase\b|基础模型", r"\bbig\b|\blarge models?\b|大模型"),
    (
        r"\bfrozen|\bfreez\w*|\bfix(?:ed)? the\b|冻结|固定",
        r"\bfine-?tun\w*|\bupdated?\b|\bjointly\b|\bend-to-end\b|微调|联合训练|更新",
    ),
    (r"\bsynthetic\w*|合成", r"\breal(?:-world)?\b|真实"),
    (r"\bunsupervised|无监督", r"\bsupervised\b|有监督"),
    (r"\bmanual\w*|\bhuman\b|\bby hand\b|人工|手工", r"\bautomat\w*|自动"),
    (
        r"\bopen(?:-source|ly)?\b|\bpublic(?:ly)?\b|公开|开源",
        r"\bproprietary|\bclosed\b|\bprivate\b|不公开|闭源|私有",
    ),
    (
        r"\bquadratic\w*|二次|平方",
        r"\blinear(?:ly)? (?:in|with|cost|time|complexity|scal\w*|grow\w*)|线性(?:复杂|增长|时间)",
    ),
    (r"\bwithout\b|\bno\b|不用|无需|不需要|去掉", r"\brequir\w+|\bneeds?\b|\brel(?:y|ies) on\b|需要|依赖"),
    (r"\bencoder\b|编码器", r"\bdecoder\b|解码器"),
    (r"\bteacher\b|教师", r"\bstudent\b|学生"),
    (r"\bdeterministic\w*|确定性", r"\brandom\w*|\bstochastic\w*|随机"),
    (r"\bbefore\b|之前", r"\bafter\b|之后"),
    (r"\bfrom scratch\b|从头", r"\bpre-?train\w*|预训练"),
    (r"\bonline\b|在线", r"\boffline\b|离线"),
    (r"\bfaster\b|更快", r"\bslower\b|更慢"),
    (r"\blarger\b|\blongest|更大", r"\bsmaller\b|\bshortest|更小"),
    (r"\bsucce(?:ed|ss)\w*|成功", r"\bfail\w*|失败"),
    (r"\bcovers?\b|涵盖|覆盖", r"\black\w*|缺少|缺乏|未覆盖"),
    (r"\bsingle\b|单一|单个", r"\bmulti(?:ple)?\b|\bseveral\b|多个"),
    (r"\bpositive\w*|正相关|正面", r"\bnegative\w*|负相关|负面"),
    (r"\bmonolingual|单语", r"\bmultilingual|多语"),
    (r"\bglobal\b|全局", r"\blocal\b|局部"),
    (r"\babstractive\w*|生成式", r"\bextractive\w*|抽取式"),
    (r"\bsparse\w*|稀疏", r"\bdense\w*|稠密"),
    (r"\bshallow\w*|浅层", r"\bdeep(?:er)?\b|深层"),
    (r"\blossless\w*|无损", r"\bloss(?:y|es)\b|\blos(?:es|ing)\b|有损"),
    (r"\bforward\b|前向|向前", r"\bbackward\w*|反向|向后"),
    (r"\bsequential\w*|顺序|串行", r"\bparallel\w*|并行"),
    (r"\bhomogeneous\w*|同质", r"\bheterogene\w*|异质"),
    (r"\bseen\b|见过的", r"\bunseen\b|未见"),
    (r"\bin-domain\b|域内", r"\bout-of-domain\b|域外"),
    (r"\bimplicit\w*|隐式", r"\bexplicit\w*|显式"),
    (r"\bdiscrete\w*|离散", r"\bcontinuous\w*|连续"),
    (r"\bstatic\w*|静态", r"\bdynamic\w*|动态"),
    (r"\bmajorit\w+|多数", r"\bminorit\w+|少数"),
    (r"\brar(?:e|ely)\b|罕见", r"\b(?:frequent|common)(?:ly)?\b|常见"),
    (r"\bcheap\w*|便宜", r"\bexpensive\w*|昂贵"),
    (r"\beas(?:y|ier|ily)\b|容易", r"\b(?:hard|harder|difficult)\b|困难"),
    (r"\binternal\w*|内部", r"\bexternal\w*|外部"),
    (r"\boptional\w*|可选", r"\b(?:mandatory|compulsory|obligatory)\b|必选|强制"),
    (r"\binclud(?:e|es|ed|ing)\b|包括|纳入", r"\bexclud(?:e|es|ed|ing)\b|排除|不包括"),
    (
        r"\bdiscard\w*|\bthrown away\b|\bdelet\w+|丢弃|删除",
        r"\bkeeps?\b|\bkept\b|\bretain\w*|\bstor(?:e|es|ed)\b|保留|保存",
    ),
    (r"\bindividual(?:ly)?\b|单独", r"\bjoint(?:ly)?\b|联合"),
    (r"\bshort-form\b|短文本", r"\blong-form\b|长文本"),
    (r"\bsymmetric\w*|对称", r"\basymmetric\w*|非对称"),
    (r"\bfine-grained\b|细粒度", r"\bcoarse-grained\b|粗粒度"),
    (r"\bupper\b|上界", r"\blower bound\b|下界"),
    (r"\bGPUs?\b|显卡", r"\bCPUs?\b|处理器"),
    (r"\brows?\b|各行", r"\bcolumns?\b|各列"),
    (r"\bsource\b|源语言", r"\btarget\b|目标语言"),
    (r"\binputs?\b|输入", r"\boutputs?\b|输出"),
    (r"\btrain(?:ing)? set\b|训练集", r"\b(?:test|validation|development|dev) set\b|测试集|验证集|开发集"),
    (r"\bminim(?:um|al|iz\w+)\b|最小化", r"\bmaxim(?:um|al|iz\w+)\b|最大化"),
    (r"\bsimple\b|简单", r"\bcomplex\b|复杂"),
    (r"\b(?:male|men|boys)\b|男性", r"\b(?:female|women|girls)\b|女性"),
    (
        r"\bviolat\w+|\bbreaks?\b|\bbroken\b|违反|破坏",
        r"\bpreserv\w+|\bsatisf(?:y|ies|ied)\b|\bobeys?\b|\brespects?\b|保持|满足|遵守",
    ),
    (r"\bpleasant\w*|\bcomfortabl[ey]\b|愉快|舒适", r"\bunpleasant\w*|\bannoying\b|\buncomfortabl[ey]\b|烦|不适"),
    (r"\bspatial\w*|空间", r"\btemporal\w*|时间分辨"),
    (r"\bearlier\b|更早", r"\blater\b|更晚"),
    (r"(?<!\bun)\bknown\b|已知", r"\bunknown\b|未知"),
    (r"\bstabl[ey]\b|(?<!不)稳定", r"\bunstabl[ey]\b|不稳定"),
    (r"\bsufficient\w*|\benough\b|足够", r"\binsufficient\w*|不足"),
    (r"\bdepend(?:s|ent)\b|依赖于|取决于", r"\bindependen\w+|无关|独立"),
    (r"\bactivat\w+|激活|\bpromot\w+|促进", r"\binhibit\w+|\bsuppress\w+|抑制"),
    (r"\baccelerat\w+|加速|加快", r"\bslow(?:s|ed) down\b|\bdelay(?:s|ed)\b|减慢|延缓"),
    (r"\bagree(?:s|d|ment)?\b|\bconsistent\b|一致", r"\bdisagree\w*|\binconsistent\b|\bcontradict\w*|不一致|矛盾"),
    (r"\bconverg\w+|收敛", r"\bdiverg\w+|发散"),
    (r"\babsent\b|\babsence\b|不存在", r"\bpresent in\b|\bpresence\b|存在(?<!不存在)"),
    (r"\boverestimat\w+|高估", r"\bunderestimat\w+|低估"),
)
OPPOSITES = [(re.compile(a, re.IGNORECASE), re.compile(b, re.IGNORECASE)) for a, b in _OPPOSITES]
"""Words that cannot stand for one another, in English and Chinese."""
