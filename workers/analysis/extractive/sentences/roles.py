"""Patterns for what a sentence does: news, method, result, limitation.

All match a sentence with its white space collapsed, in English and, where it is told apart easily, in Chinese.
"""

import re

from workers.analysis.grounding.text.sentences import words_of

OWN = words_of(
    r"""\b(?:we|our proposed|our|ours|this (?:paper|work|article|survey|report|study|thesis|manuscript)|
    (?:the )?(?:present|current)\s(?:paper|work|study)|the proposed [\w-]+)\b|我们|本文"""
)
"""What a paper calls itself by, its own name aside (see `subject`)."""

PROPOSES = words_of(
    r"""\b(?:(?:re-?)?(?:propos|introduc|present|develop|design|releas|unveil|contribut|formulat|construct|creat|
    devis|deriv|assembl|curat|establish|pioneer|open-?sourc)(?:e|es|ed|s|ing)?|describ(?:e|es|ed)|builds?|built|
    publish(?:es|ed)?|collect(?:s|ed)?|provides?|offers?|advocates?|suggests?)\b(?! (?:that|
    (?:\w+ ){0,2}(?:challenges|results|experiments|details|directions|insights|evidence|analys[ie]s|discussion|
    findings|state-of-the-art)))|提出|介绍|发布"""
)
"""Verbs by which a paper hands over something new."""

STUDIES = words_of(
    r"""\b(?:stud(?:y|ies|ied)|investigat(?:e|es|ed)|revisit(?:s|ed)?|explor(?:e|es|ed)|analy[sz](?:e|es|ed)|
    examin(?:e|es|ed)|survey(?:s|ed)?|reviews?|reviewed|address(?:es|ed)?|tackle[sd]?|asks?|argues?|argued|
    characteri[sz]e[sd]?|compare[sd]?|evaluate[sd]?|measure[sd]?|resolve[sd]?|reformulate[sd]?|recast|aims?|
    seeks?|formali[sz]e[sd]?|appl(?:y|ies|ied)|systematically|conduct(?:s|ed)?|perform(?:s|ed)?|benchmark(?:s|
    ed)?|test(?:s|ed)?|determine[sd]?|cast|adapt(?:s|ed)?|extends?|leverages?|use[sd]?|combine[sd]?|
    demonstrates? (?:a|an|the|how)|sought|set out|focus(?:es|ed)?|report(?:s|ed)? (?:on|a|an|the)|enables?|
    integrates?|unif(?:y|ies)|prov(?:e|es|ed)|outlines?|clarif(?:y|ies)|approach(?:es)?|attempts?)\b|研究|分析"""
)
"""Verbs by which a paper says what it is about where nothing new is handed over."""

PASSIVE_NEW = words_of(
    r"""\b(?:is|are|was|were) (?:\w+ )?(?:proposed|introduced|presented|developed|described|designed)\b(?! (?:by|
    in) [\[(])"""
)
NEW_KIND = words_of(r"\bis (?:a|an|the) (?:\w+ )?(?:novel|new|first)\b")

DOES = words_of(
    r"""\b(?:us(?:e|es|ed|ing)|train|adopt|employ|appl(?:y|ies|ied)|comput(?:e|es|ed|ing)|encod|extract|defin|
    formulat|design|combin|feed|fed|add(?:s|ed|ing)?\b|initiali[sz]|sampl(?:e|es|ed|ing)\b|fine-?tun|optimi[sz]|
    minimi[sz]|maximi[sz]|construct|build|built|generat|select|filter|collect|annotat|predict|project|concatenat|
    aggregat|decompos|leverag|integrat|introduc|propos|learn|perform(?:s|ed|ing)?\b|distill|updat|replac|freez|
    frozen|pre-?train|parameteri[sz]|model(?:s|led|ed)?\b|maps?\b|mapped|process|split|divid|mask|align|fus(?:e|
    es|ed|ing)|embed|pool|normali[sz]|transform(?:s|ed|ing)?\b|convert|assign|weigh|rank|retriev|cluster|
    quanti[sz]|prun|insert|inject|condition(?:s|ed|ing)?\b|estimat|classif|segment(?:s|ed)?\b|detect(?:s|ed)?\b|
    render|simulat|incubat|isolat|sequenced|amplif|express|purif|treat|stain|cultur|transfect|captur|consist|
    compris|contain|tak(?:e|es|en)\b|took|produc|return|output|rel(?:y|ies)|begin|start|form(?:s|ed)?\b|work(?:s|
    ed)? (?:by|at|in|on)|penali[sz]|commit|group(?:s|ed)?|asked|prompt|query|queries|cast|recruit|interview|crawl|
    implement|utili[sz]|harness|unif|enforc|regulari[sz]|match|attach|stack|iterat|creat|develop|provid|
    organi[sz]|reduc|identif|reformulat|represent|factor|partition|guid|exploit|adapt|link|merg|crop|resiz|
    set(?:s)?\b|allow|enabl|separat|alternat|attend|bridg|synthesi[sz]|augment|incorporat|scor(?:e|es|ed|ing)\b|
    gives? (?:one|each|the|a)|is (?:a|an|trained|based|made|built)|are (?:trained|made|built|then))\w*|
    通过|采用|利用|使用"""
)
"""Verbs of a step of a method."""

MUSES = words_of(
    r"""\b(?:we|i) (?:\w+ ){0,2}(?:note|try|observe|find|found|saw|see|show|report|compare|evaluate|believe|
    hypothesi[sz]e|refer|call|denote|assume|conjecture|argue|recall|expect|hope|conclude|demonstrate|discuss|
    review|summari[sz]e|suspect|think|emphasi[sz]e|stress|remark|thank|acknowledge|list|illustrate|plot|
    visuali[sz]e|omit|abbreviate|write|can see|have seen|need|want|wish|know|test|verify|confirm|plan|leave|
    present (?:the|our) results|validate|benchmark|experiment|discover|reveal|focus on|refrain|analyse|analyze|
    study|investigate|examine|explore|achieve|obtain|remove the|ablate|assess|highlight|inspect|describe|detail|
    unpack|outline|first introduce|speculate|follow|indicate|prove|briefly|attribute)\b|\bsuggests?\b|
    \bmeaning that\b|\bcan be seen\b|\bthe (?:highest|lowest|top)\b|\bour (?:\w+ ){0,2}(?:results?|stud(?:y|ies)|
    survey|experiments?|evaluations?|findings|analys[ie]s|goals?|aim|contributions?|hypothesis|intuition|
    motivation|code)\b|\bthis (?:survey|paper|work|study|report|article)\b|^overall\b|\b(?:note|recall|observe|
    assume|suppose|let) (?:that|us|\S+ (?:be|denote))\b"""
)
"""What authors do beside the method: note, compare, assume, name."""

CLAIMS = words_of(
    r"""\b(?:adaptable|generali[sz]es?|strong (?:performance|results)|superior\w*|extends? (?:naturally|easily|to)|
    naturally (?:extends?|handles?)|offers?|pav(?:es?|ing) the|advanc(?:es|ing)|valuable|promising|actionable|
    insights?|seamlessly|effectively (?:boost|improv|address)\w*|effective (?:solution|and)|
    state[- ]of[- ]the[- ]art|outperform\w*|significantly|substantially|remarkabl\w+|consistently|open-?source\w*|
    publicly|available|released?|suitable for|potential|benefits?|versatile|plug-and-play|practical|scalable and|
    can be (?:easily|directly|readily|applied|used|extended)|easily|readily|demonstrates? (?:the|that)|
    a foundation|that enhances|properly|correctly|provid\w+ (?:\w+ ){0,3}(?:evidence|scores|results|analysis|
    account))\b"""
)
"""Words of a claim about a method, not of a step of it."""

MEANS = words_of(
    r"""\b(?:outperform|surpass|exceed|beat|improv|achiev|attain|reach|yield|obtain|rais|boost|increas|reduc|lower|
    decreas|gain|establish|rank|winn?|won|scor|deliver|match|accelerat|halv|doubl|tripl|rise|rose|drop|degrad|lag|
    trail|enhanc|retain|preserv|maintain|prefer|speed|shorten|narrow|clos|recover|surviv|agree|correlat|account|
    explain)\w*|\b(?:fall|falls|fell|led|leads|sets|cuts?|sav(?:es|ed|ing)|gives?|gave|costs?|takes?|remains?|
    drops?)\b|\b(?:is|are|was|were|be|at|of|by) [\d.$~]|\b(?:had|has)\s(?:only )?(?:about )?\d|
    \b\d\S* (?:\w+ )?(?:above|below|over)\b|提升|超过|达到|优于|降低"""
)
"""Verbs of a result."""

METRIC = words_of(
    r"""(?-i:\b(?:BLEU|ROUGE|METEOR|CIDEr|SPICE|PSNR|SSIM|LPIPS|FID|FVD|IoU|mIoU|mAP|AP|AUC|AUROC|AUPRC|F1|MAE|MSE|
    RMSE|NDCG|nDCG|MRR|WER|CER|EM|MAP|PCK|EPE|ATE|CLIP|Elo|FLOPs|GFLOPs|TFLOPs|FPS|VRAM|IS|OA|PQ|HOTA|MOTA|Dice|
    MCC|TPR|FPR|SRCC|PLCC|SR|ASR|TTFT|dB)\b)|\b(?:accuracy|accuracies|precision|recall|F-?1|F-?score|f-?measure|
    perplexity|error|errors|score|scores|rates?|speed-?ups?|faster|slower|latency|throughput|time|memory|
    parameters|cost|costs|performance|points?|pp|gains?|improvements?|correlation|similarity|fidelity|quality|
    agreement|reduction|decrease|increase|loss|distance|success|pass@\w+|recall@\w+|top-?\d|acc|hits@\w+|
    preferred|preference|prefer|wins?|win-?rate|dice|kappa|efficiency|consumption|tokens|seconds|compute|accurate|
    fewer|lower|higher|better|larger|smaller|less|more|times|fold|hallucinations?|robustness|alarms?|sensitivity|
    specificity|variance|\w+bench(?:-?\w+)?)\b|\d\s*(?:\\?%|dB\b|\$?\\times|×|x\b|(?:ms|s|fps)\b)|精度|准确率"""
)
"""Names of what is measured."""

COMPARES = words_of(
    r"""\b(?:than|over|above|below|beyond|compared|comparing|comparisons?|relative|versus|vs|against|outperform\w*|
    surpass\w*|exceed\w*|beat\w*|improv\w+|reduc\w+|increas\w+|decreas\w+|rais\w+|lower\w*|boost\w*|gains?|
    from \S+ to|faster|better|fewer|higher|larger|smaller|state[- ]of[- ]the[- ]art|sota|best|record|baselines?|
    while|only|up to|by \S*\d|match\w*|compar\w+|speed-?ups?|accelerat\w*|cut\w*|drop\w*|degrad\w*|halv\w+|
    doubl\w+|twice|competitive|first (?:place|rank)|ranks?|prefer\w*|respectively)\b|比|高于|提升|降低"""
)
"""Words that set one value beside another."""

FINDS = words_of(
    r"""\b(?:we|our \w+(?: \w+){0,3})(?: [\w-]+,?){0,4}? (?:find|found|show|showed|shows|demonstrated?|demonstrates|
    reveal(?:s|ed)?|observed?|discover(?:ed)?|conclude|confirm(?:s|ed)?|uncover|suggests?|indicates?|
    validates? that|establish that|argue that|prove that|learn(?:ed)? that)\b|\b(?:results?|findings?|experiments|
    experimentation|evaluations?|ablations?|analys[ie]s|stud(?:y|ies)|simulations|observations|comparisons|
    benchmarks|data|evidence|tests)(?: [\w-]+,?){0,9}? (?:find|found|shows?|showed|shown|demonstrates?|
    demonstrated|reveal(?:s|ed)?|suggest(?:s|ed)?|indicate(?:s|d)?|confirm(?:s|ed)?|validates?|validated|
    highlights?|uncover|underscores?|prove|verify|corroborate)\b(?! (?:by|in) )|(?:实验|结果)(?:表明|显示)"""
)
"""A finding told as one."""

_KIND = r"(?:limitations?|shortcomings?|weakness(?:es)?|drawbacks?|caveats?|downsides?)"
_OF_OURS = (
    r"(?:our|this|its|the (?:present|current|proposed|method|model|approach|system|framework|study|work|algorithm|"
    r"data ?set|benchmark))"
)
ADMITS = words_of(
    rf"""\b{_KIND} (?:of|in|to|for|with) {_OF_OURS}\b|\b(?:a|an|the|our|one|another|main|key|
    primary|major|first|second|third|important|potential|notable|final|last|other|current|further|some|several|
    few) (?:\w+ )?{_KIND}(?: (?:of|in|to|for|with) {_OF_OURS}(?: [\w-]+){{0,3}}?)?(?: (?:is|are|
    remains?|lies|concerns?|stems?|comes?|relates?|should)|[,:])|\b(?:is|are|has|have) (?:also )?(?:several|some|
    a few|two|three|a number of|certain|its|important|a|one) (?:\w+ )?limitations?\b|
    (?:局限性?|不足之处|不足|缺点)(?:是|在于|为|包括|：)|(?:本文|我们|该方法|本方法|本工作|本研究)[^，。]{{0,8}}(?:局限|不足)"""
)
"""A sentence that calls a limit of this paper by that name."""

FUTURE = words_of(
    r"""\b(?:future (?:work|research|studies|directions?|efforts?|investigations?|extensions?|versions?)|in (?:the|
    our) future|we (?:leave|plan|intend|aim to (?:extend|explore)|hope to|would like to)|left (?:for|to|
    as) future|(?:is|are|would be|will be) (?:an?|the|our)? ?(?:\w+ )?(?:direction|avenue)s?|remains? (?:to be|
    an open|open|future)|yet to be|next steps?)\b|有待|未来工作"""
)
"""What is left for later."""

FALLS_SHORT = words_of(
    r"""\b(?:do|does|did|is|are|was|were|has|have|had|can|could|may|might|will|would|should) (?:\w+ )?not\b|
    \bcannot\b|n't\b|\b(?:fail(?:s|ed|ures?)?|struggles?|struggled|suffer(?:s|ed)?|lack(?:s|ed|ing)?|limit(?:s|ed|
    ing)|limitations?|restrict(?:s|ed)?|confined|degrad(?:es?|ed|ation)|deteriorates?|breaks?|unable|inability|
    unreliable|imperfect|incomplete|insufficient|biased|expensive|costly|slow|slower|worse|weaker|underestimat\w*|
    overestimat\w*|only|merely|solely|ignores?|misses|neglects?|overlooks?|exclude[sd]?|difficult|hard|
    challenging|unclear|unknown|wrong|errors?|bias(?:es)?|noisy|overhead|trade-?offs?|small|small-scale|
    hinder(?:s|ed)?|hallucinat\w*|constrained|preliminary|narrow|untested|unexplored|beyond the scope|bottleneck|
    no|not|neglect(?:s|ed)|left open|ideali[sz]ed|
    drops?|drift|caveat|drawback|shortcoming|weakness|too (?:few|small|short|large|slow)|requires? (?:more|
    additional|extensive|significant|substantial|careful|large|access|multiple|a)|(?:relies|rely|depends?|
    dependent|reliance) (?:heavily )?on|inherits?|assum(?:es?|ed|ption)|may|might|sensitive to|remains?|
    under-?represent\w*|computational(?:ly)? (?:cost|expens\w*|overhead|demand\w*)|confound\w*)\b|不能|无法|仅"""
)
"""Words of something that is missing or goes wrong."""

OWN_LACK = words_of(
    r"""\bwe (?:do|did|have|could|can|were|are) (?:not|only|n't)\b|\bwe (?:cannot|only|limit|restrict|assume)\b|
    \b(?:limited|restricted|confined) to\b|\bfails? (?:to|on|when|for|if|where|in)\b|\b(?:is|are) (?:still |
    currently )?(?:limited|restricted|confined|unable|not (?:able|designed|suited|suitable|guaranteed|applicable|
    robust|yet|evaluated|tested))\b|\b(?:do|does|did|may|might) not\b|\bcannot\b|\b(?:struggles?|suffers? from|
    at the cost of|degrades? (?:on|when|for|with|in|if)|breaks? down|lacks?|gives? up|falls? short|can drift|
    still (?:struggles?|fails?|lags?|suffers?|far|limited)|remains? (?:slow|hard|difficult|challenging|limited|
    unclear|unsolved|unreliable|expensive)|not when|assumes that|covers? (?:no|only)|only (?:been )?(?:trained|
    tested|evaluated|validated)|(?:trained|tested|evaluated|validated) on [\w ]{1,30} only|
    performs? worse|comes? at|ignores?|requires? (?:access|large|
    more|additional|careful))\b"""
)
"""Verbs by which a paper, where it is the subject, tells a limit of its own."""

NO_LACK = words_of(
    r"""\bnot (?:\w+ly )?(?:only|just|merely|limited|solely|requir\w+|need|rely|depend|suffer|affect|hurt|introduc\w+|
    induc\w+|increase|change|sacrific\w+|involve|add|compromis\w+|seem|necessarily|surprising\w*|degrade|harm|
    matter|differ|restricted|interfere|impair|alter|use any|contain|incur|explicitly)\b|\bwithout\b|
    \bno (?:additional|extra|further|longer|significant|need)\b|\bcannot be\s(?:explained|attributed)\b|
    \bnot (?:been )?(?:previously|explored before)\b|\bdo(?:es)? not exist\b"""
)
"""A "not" that is no limit, or praise."""

PRAISE = words_of(
    r"""\b(?:outperform\w*|surpass\w*|state[- ]of[- ]the[- ]art|superior\w*|robust (?:and|to|against)|promising|
    significant(?:ly)?\s(?:improv|better|outperf|reduc)\w*|achiev\w+|effective(?:ly|ness)?|successful(?:ly)?|
    overcom\w+|mitigat\w+|alleviat\w+|address(?:es|ed|ing)? (?:th|such|both)\w*|resolv\w+|solv\w+|demonstrat\w+|
    remarkabl\w+|first to|avoids?|eliminat\w+|we (?:propose|introduce|present|develop)|(?:is|are) competitive|
    consistent(?:ly)?)\b|despite (?:th|its|their|our|some|not)|notwithstanding"""
)
"""Words of praise: where they stand, no limit is told, or it is told only to be overcome."""

OTHERS = words_of(
    r"""\b(?:existing|previous(?:ly)?|prior|recent(?:ly)?|current|conventional|traditional|most|earlier|other|many|
    several|state-of-the-art|standard|classical|common|typical(?:ly)?|they|these|such|past|widely|often|today's|
    modern|available|all\s(?:known|such|of)) [\w-]+"""
)
"""The work of others, where it opens a sentence."""

HOWEVER = words_of(
    r"^(?:however|but|although|though|despite|nevertheless|nonetheless|yet|while|whereas|unfortunately)\b"
)
LEANS = words_of(
    r"""^(?:this(?! (?:paper|work|article|survey|study|report|thesis)\b)|these|it|they|such|its|their|them|those|that|
    both|he|she|here|there|however|moreover|furthermore|also|thus|therefore|hence|then|besides|similarly|likewise|
    instead|for (?:example|instance|this|these)|on the (?:other|contrary)|in (?:addition|contrast|turn|particular|
    other words|this (?:case|way|setting|regard|manner|section|table|figure)|these cases|that case|both cases|
    doing so|fact)|as a (?:result|consequence)|consequently|accordingly|otherwise|conversely|indeed|meanwhile|
    nevertheless|nonetheless|yet|but|and|or|so|to (?:this end|do so|address this|achieve this|overcome this|
    mitigate this|solve this|tackle this|that end|address these)|by (?:this|doing)|with this|after (?:that|this)|
    again|(?:first|second|third|last)(?:ly)?,|finally,|next,|of (?:these|those)|additionally|that is|which|where|
    because of (?:this|that)|due to this|based on th(?:is|ese)|from (?:this|these)|all (?:these|of)|the (?:latter|
    former|same|other|others|above|resulting|following|second|third|next|rest|remaining|reason|idea)|another|
    one (?:of|such)|at (?:the same|this)|given this|under\sthis|same|alternatively|specifically|unlike (?:this|
    these|them)|(?:we|our \w+) (?:therefore|thus|hence|then|also|instead|further|next|similarly|again|now|
    additionally)|note that|we (?:\w+ ){1,2}(?:it|them|this|these|those|that|both)(?= |\.|,))(?:\b|(?<=,))(?!-)"""
)
"""A sentence that leans on the one before it."""

CONNECTIVE = words_of(
    r"""^(?:however|moreover|furthermore|additionally|in addition|finally|lastly|last but not least|(?:first|second|
    third)(?:ly)?|also|besides|notably|importantly|specifically|in particular|nevertheless|nonetheless|
    unfortunately|to this end|overall|meanwhile|crucially|remarkably|in summary|in conclusion|to summarize|
    conversely|that said|yet|but|still|at the same time|in this (?:paper|work|article|study|report)),? (?=\w)"""
)
"""An opening word without which the sentence says the same."""

LINK = re.compile(r"https?://|www\.|github\.(?:com|io)|huggingface\.co|\S+@\S+\.\w+", re.IGNORECASE)
